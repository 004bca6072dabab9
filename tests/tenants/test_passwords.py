import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Failure
from tenants.accounts.passwords import Passwords, require_strong
from tenants.accounts.policy import CHEAP_COST, FULL_COST, HashCost
from tenants.accounts.tokens import is_token, new_token, token_hash


async def test_a_hash_is_of_one_password_and_says_how_it_was_made() -> None:
    passwords = Passwords(CHEAP_COST)
    stored = await passwords.hash("correct horse")
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert await passwords.is_right("correct horse", stored)
    assert not await passwords.is_right("correct hors", stored)
    assert not await passwords.is_right("correct horse", "no hash at all")
    assert stored != await passwords.hash("correct horse")


async def test_nobody_has_no_password() -> None:
    assert not await Passwords(CHEAP_COST).is_right("anything", None)


async def test_a_cheaper_hash_is_outdated() -> None:
    stored = await Passwords(CHEAP_COST).hash("correct horse")
    dearer = Passwords(HashCost(passes=2, memory_kib=64, lanes=1))
    assert dearer.is_outdated(stored)
    assert await dearer.is_right("correct horse", stored)
    assert not Passwords(CHEAP_COST).is_outdated(stored)


async def test_hashing_leaves_the_loop_free() -> None:
    passwords = Passwords(FULL_COST)
    work = asyncio.gather(*(passwords.hash("correct horse") for _ in range(4)))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert len(set(await work)) == 4
    assert turns > 10


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "elevenchars",
        "aaaaaaaaaaaaaaaa",
        "121212121212",
        "password1234",
        "PASSWORD1234",
        "has zhang.wei inside",
        "x" * 129,
        "with a nul \0 in it",
    ],
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Failure) as caught:
        require_strong(password, login="zhang.wei", path=("input", "password"))
    assert (caught.value.code, caught.value.path) == ("WEAK_PASSWORD", ("input", "password"))


def test_a_long_sentence_is_a_password() -> None:
    assert require_strong("武侯祠大街二百六十四号门口", login="zhang.wei", path=()) == "武侯祠大街二百六十四号门口"


def test_tokens_are_long_and_their_hash_is_not_they() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    for token in tokens:
        assert is_token(token)
        assert len(token_hash(token)) == 32


@given(st.text(max_size=60))
def test_what_is_no_token_is_known_by_its_form(text: str) -> None:
    plain = all(c.isascii() and (c.isalnum() or c in "-_") for c in text)
    assert is_token(text) == (len(text) == 43 and plain)
