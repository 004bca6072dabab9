"""Who is signed in, as plain values: what the gate makes an actor of."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tenants.facts import TenantFacts


@dataclass(frozen=True)
class SignedIn:
    """A live session with its account, its live membership and its union. `name` is the person's name in this union; `roles` are words of `authz.roles`."""

    session_id: UUID
    account_id: UUID
    login: str
    name: str
    membership_id: UUID
    roles: frozenset[str]
    tenant: TenantFacts
    issued_at: datetime
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
