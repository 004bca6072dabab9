"""How a rule says no: the code of a declared reason and its values; `programmes.scoring.errors` turns it into the refusal."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """What is wrong; `at` is the place inside the part of the input that the rule was shown."""

    code: str
    at: tuple[str, ...] = ()
    params: dict[str, str | int] = field(default_factory=dict[str, str | int])


def fault(code: str, *at: str, **params: str | int) -> Fault:
    """A Fault, written shortly."""
    return Fault(code, at, params)
