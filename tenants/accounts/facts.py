"""Who is signed in, as plain values: what the gate makes an actor of."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from tenants.delegation.facts import Standing
from tenants.facts import TenantFacts


@dataclass(frozen=True)
class TokenFacts:
    """A token that a machine came in with: what its owner called it, and all it may do, in words of `authz.permissions`."""

    name: str
    permissions: frozenset[str]


@dataclass(frozen=True)
class SignedIn:
    """A live session with its account, its live membership and its union. `name` is the person's name in his union; `roles` are words of `authz.roles`.

    With a `token` there is no session: a machine stands here for the person, and `session_id` is the token's.
    With a `standing` they are what it gives, and those of his own place are in it.
    """

    session_id: UUID
    account_id: UUID
    login: str
    name: str
    membership_id: UUID
    roles: frozenset[str]
    tenant: TenantFacts
    issued_at: datetime
    expires_at: datetime
    strength: int = 1
    """With how many factors he came in."""
    address: str | None = None
    provider: str | None = None
    """Which identity provider said who he is; None: he gave his password."""
    password_expired: bool = False
    """The session is good for changing the password, and nothing else."""
    token: TokenFacts | None = None
    standing: Standing | None = None
    """Null: he is here in his own name."""

    @property
    def place(self) -> "MembershipFacts":
        """Where he is signed in, as a place that holds now."""
        return MembershipFacts(
            id=self.membership_id,
            account_id=self.account_id,
            name=self.name,
            tenant=self.tenant,
            roles=self.roles,
            valid_from=self.issued_at.date(),
            valid_to=None,
        )


@dataclass(frozen=True)
class Challenge:
    """The password was right; the second factor is still to be shown, before `expires_at`. `at` is the server's time, which codes must fit."""

    token: str = field(repr=False)
    at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class NewSession:
    """A session just begun; the token is shown this once and stored nowhere."""

    token: str
    signed_in: SignedIn


@dataclass(frozen=True)
class SessionFacts:
    """One of a person's own live sessions, as he sees it in his list."""

    id: UUID
    tenant: TenantFacts
    issued_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    strength: int
    address: str | None
    provider: str | None
    is_current: bool


@dataclass(frozen=True)
class MembershipFacts:
    """A place one holds in a union; `valid_to` is the first day on which it no longer holds."""

    id: UUID
    account_id: UUID
    name: str
    tenant: TenantFacts
    roles: frozenset[str]
    valid_from: date
    valid_to: date | None
    is_offered: bool = False
    """It was kept for his login, and is his from this sign-in on."""


def taken(place: MembershipFacts) -> dict[str, str] | None:
    """What the entry about a sign-in says of a place accepted by it."""
    return {"took_place": str(place.id)} if place.is_offered else None
