"""Passwords: hashed with Argon2id in threads of their own, never on the event loop, never more than a few at once.

The stored text begins with its algorithm (`$argon2id$…`) and its cost, so that both may change later. The pool's size is the limit: a request that is
given up keeps its thread until the hash is done, so hanging up early does not get an attacker more hashes at a time.
"""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tenants.accounts.policy import FULL_COST, HashCost
from tenants.errors import WEAK_PASSWORD

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 128
_SHORTEST_LOGIN_TO_LOOK_FOR = 4
_FEWEST_DIFFERENT = 5
_COMMON = frozenset(
    {
        "password1234",
        "123456789012",
        "1234567890ab",
        "qwertyuiop12",
        "qwertyuiop123",
        "admin1234567",
        "administrator",
        "1qaz2wsx3edc",
        "1q2w3e4r5t6y",
        "woaini1314520",
        "woaini5201314",
        "abcdefghijkl",
        "abc123456789",
        "iloveyou1234",
    },
)


class Passwords:
    """Makes and checks hashes of one cost, `parallel` at a time; each holds the cost's memory."""

    def __init__(self, cost: HashCost = FULL_COST, *, parallel: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._threads = ThreadPoolExecutor(parallel, thread_name_prefix="passwords")
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    async def hash(self, password: str) -> str:
        """The text to store; salted, so no two are equal."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def is_right(self, password: str, stored: str | None) -> bool:
        """Whether the password made the stored text; with None (no such account) the same work is done for nothing."""
        verdict = await asyncio.get_running_loop().run_in_executor(
            self._threads,
            self._matches,
            stored or self._nobody,
            password,
        )
        return verdict and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the text was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def require_strong(password: str, *, login: str, path: tuple[str, ...]) -> str:
    """The password, if it is fit to protect an account; raises WEAK_PASSWORD."""
    lowered = password.lower()
    holds_login = len(login) >= _SHORTEST_LOGIN_TO_LOOK_FOR and login.lower() in lowered
    monotonous = len(set(lowered)) < _FEWEST_DIFFERENT
    fits = MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH and "\0" not in password
    if not fits or holds_login or monotonous or lowered in _COMMON:
        raise WEAK_PASSWORD(path=path, minimum=MINIMUM_LENGTH, maximum=MAXIMUM_LENGTH)
    return password
