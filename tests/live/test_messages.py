"""Whatever a client says is a message or ends the connection by a code; nothing of it is an error of ours."""

from contextlib import suppress
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.live.closing import ClosedError, id_in_use
from graphql_api.live.messages import asked, parse, token_in

LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)
TYPES = st.sampled_from(["connection_init", "ping", "pong", "subscribe", "complete", "next", "start"])
WORDS = st.sampled_from(["query", "variables", "operationName", "extensions", "authorization"])
NEAR = st.fixed_dictionaries(
    {}, optional={"type": TYPES | VALUES, "id": VALUES, "payload": st.dictionaries(WORDS, VALUES) | VALUES}
)


def understood(text: str) -> None:
    """Everything that is made of a message before anything is done."""
    with suppress(ClosedError):
        message = parse(text, 64)
        assert len(message.id) <= 64
        assert len(id_in_use(message.id).reason.encode()) <= 123
        with suppress(ClosedError):
            asked(message)
        with suppress(ClosedError):
            token_in(message, None)


@given(NEAR)
def test_of_anything_like_a_message(given_value: Any) -> None:
    understood(orjson.dumps(given_value).decode())


@given(st.text() | st.builds(lambda text: f'{{"type": "ping", "id": "{text}"}}', st.text()))
def test_of_any_text(text: str) -> None:
    understood(text)
