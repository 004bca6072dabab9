"""The two ways back to graphql-core's own executor."""


class Uncompilable(Exception):  # noqa: N818 - no error: the ordinary executor answers
    """This selection is not compiled; the text says why. Found out once, when it is compiled."""


class Bail(Exception):  # noqa: N818
    """Something came up that an answer has to tell with its place (a null where there must be none, a refusal): the ordinary executor answers this request."""


def required(value: object) -> object:
    """The value of a non-null field."""
    if value is None:
        raise Bail
    return value
