"""Who is asking, by the product's own statement over a plain connection."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from authz.actor import Actor
from authz.denials import denials_of
from authz.revisions import require_in_force
from authz.roles import FULL_STRENGTH, NEEDS_SECOND_FACTOR, Role
from bench.byhand.pool import Pool
from kernel.clock import CHINA
from tenants.accounts.policy import SignInPolicy
from tenants.accounts.statements import AUTHENTICATION
from tenants.accounts.tokens import token_hash
from tenants.facts import TenantFacts
from tenants.policies.facts import RulesInForce, Tightening


@dataclass(frozen=True)
class Prepared:
    """A statement as PostgreSQL takes it: its text, and for each place the name of its value, or the value where it never changes."""

    text: str
    names: tuple[str, ...]
    fixed: dict[str, Any]

    def values(self, given: dict[str, Any]) -> list[Any]:
        """The values in their places."""
        return [given[name] if name in given else self.fixed[name] for name in self.names]


def prepared(statement: Select[Any]) -> Prepared:
    """A statement of the product's, compiled once."""
    compiled: Any = statement.compile(dialect=dialect())  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - untyped dialect
    return Prepared(str(compiled), tuple(compiled.positiontup), dict(compiled.params))


@dataclass(frozen=True)
class Who:
    """The person behind a token."""

    actor: Actor
    login: str
    now: datetime
    today: date


WHO = prepared(AUTHENTICATION)
_POLICY = SignInPolicy()


async def find_who(pool: Pool, token: str) -> Who | None:
    """One statement, as the login role."""
    now = datetime.now(UTC)
    given = asked_with(token, now)
    rows = await pool.fetch(WHO.text, *WHO.values(given))
    return _who(rows[0], now, given["today"]) if rows else None


def asked_with(token: str, now: datetime) -> dict[str, Any]:
    """The values of WHO, by their names."""
    return {
        "given_hash": token_hash(token),
        "now": now,
        "today": now.astimezone(CHINA).date(),
        "idle_since": now - _POLICY.idle,
        "touch_before": now - _POLICY.touch_after,
    }


def _who(row: Any, now: datetime, today: date) -> Who:  # noqa: ANN401 - a record
    (_, account, login, name, membership, roles, _, _, strength, _, must_change, set_at, provider, basis, *_) = row
    age = _POLICY.password_age
    expired = provider is None and (must_change or (age is not None and set_at + age <= now))
    rules = _rules(row[-1])
    require_in_force(rules.revision)
    if basis != "membership" or expired:
        message = "only sessions of one's own place, with a password in force, are spoken of here"
        raise PermissionError(message)
    denials_of(rules.tightenings)
    held = _roles(tuple(roles))
    withheld = held & NEEDS_SECOND_FACTOR if strength < FULL_STRENGTH else frozenset[Role]()
    tenant = TenantFacts(*row[15:25], rules=rules)
    actor = Actor(account, name, tenant, held - withheld, membership, row[0], withheld=withheld)
    return Who(actor, login, now, today)


@lru_cache(maxsize=1024)
def _roles(words: tuple[str, ...]) -> frozenset[Role]:
    return frozenset(Role(word) for word in words)


@lru_cache(maxsize=1024)
def _rules(text: str) -> RulesInForce:
    found = orjson.loads(text)
    return RulesInForce(found["revision"], tuple(Tightening(UUID(row[0]), *row[1:]) for row in found["rows"]))
