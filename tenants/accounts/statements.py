"""The statements that say who somebody is, built once; each is a handful of index look-ups, whatever the number of people.

Danger: SQLAlchemy takes a parameter that is named like a column of an UPDATE for a value to set, also in a CTE; so none is.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Interval,
    LargeBinary,
    ScalarSelect,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from kernel.clock import Clock
from tenants.accounts.model import Account, Membership, SecondFactor, SignInChallenge, SignInFailure, SignInSession
from tenants.accounts.policy import SignInPolicy
from tenants.delegation.facts import Basis
from tenants.delegation.statements import standing_in_force
from tenants.model import Level, Tenant
from tenants.policies.statements import rules_in_force

NOW = bindparam("now", type_=DateTime(timezone=True))
TODAY = bindparam("today", type_=Date())
_IDLE_SINCE = bindparam("idle_since", type_=DateTime(timezone=True))
FACTS = (
    Tenant.id,
    Tenant.code,
    Tenant.name,
    Tenant.level,
    Level.rank,
    Level.line,
    Tenant.path,
    Tenant.industry_path,
    Tenant.parent_id,
    Tenant.industry_parent_id,
    rules_in_force(),
)
"""In the order of `TenantFacts`; always the last columns of a row."""
FACTS_WIDTH = len(FACTS)

_live_session = and_(
    SignInSession.revoked_at.is_(None),
    SignInSession.expires_at > NOW,
    SignInSession.last_seen_at > _IDLE_SINCE,
)
VALID_MEMBERSHIP = and_(Membership.valid_from <= TODAY, or_(Membership.valid_to.is_(None), Membership.valid_to > TODAY))
_held_or_offered = or_(
    Membership.account_id == Account.id, and_(Membership.account_id.is_(None), Membership.offered_to == Account.login)
)
"""Signing in here is how one accepts a place that is offered to one's login."""
ACCOUNT_OPEN = Account.state == "active"
UNION_OPEN = Tenant.active
_home = func.coalesce(SignInSession.home_id, SignInSession.tenant_id)
_STANDING = standing_in_force()
_is_founded = or_(SignInSession.basis == Basis.MEMBERSHIP.value, _STANDING.is_not(None))


def moment(clock: Clock, policy: SignInPolicy) -> dict[str, datetime | date]:
    """The parameters that all these statements share."""
    now = clock.now()
    return {
        "now": now,
        "today": clock.today(),
        "idle_since": now - policy.idle,
        "touch_before": now - policy.touch_after,
    }


def _authentication() -> Select[*tuple[Any, ...]]:
    """By a token's hash: who it is, or no row; in passing notes that he was seen, at most once in `touch_after`."""
    by_token = SignInSession.token_hash == bindparam("given_hash", type_=LargeBinary())
    unseen = SignInSession.last_seen_at <= bindparam("touch_before", type_=DateTime(timezone=True))
    due = select(SignInSession.id).where(by_token, unseen, _live_session).with_for_update(skip_locked=True)
    touch = update(SignInSession).where(SignInSession.id == due.scalar_subquery()).values(last_seen_at=NOW)
    return (
        _signed_in_columns()
        .where(by_token, _live_session, VALID_MEMBERSHIP, ACCOUNT_OPEN, UNION_OPEN)
        .add_cte(touch.returning(SignInSession.id).cte("touched"))
    )


def _present(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Like an authentication, but nobody is noted as seen: who only listens does not work."""
    return _signed_in_columns().where(*which, _live_session, VALID_MEMBERSHIP, ACCOUNT_OPEN, UNION_OPEN)


def _signed_in_columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            SignInSession.id,
            Account.id,
            Account.login,
            Membership.name,
            Membership.id,
            Membership.roles,
            SignInSession.issued_at,
            SignInSession.expires_at,
            SignInSession.strength,
            SignInSession.address,
            Account.must_change_password,
            func.coalesce(Account.password_set_at, Account.created_at),
            SignInSession.provider,
            SignInSession.basis,
            _STANDING,
            *FACTS,
        )
        .select_from(SignInSession)
        .join(Account, Account.id == SignInSession.account_id)
        .join(
            Membership,
            and_(Membership.tenant_id == _home, Membership.account_id == SignInSession.account_id),
        )
        .join(Tenant, Tenant.id == SignInSession.tenant_id)
        .join(Level, Level.code == Tenant.level)
    )


def _candidate() -> Select[*tuple[Any, ...]]:
    """Always one row, whatever exists: the account of a login, its live place in the named union, and whether the address must wait."""
    one = select(literal(1).label("one")).subquery("one")
    return (
        select(
            Account.id,
            Account.password_hash,
            account_unlocked(),
            Account.login,
            limit_reached(),
            Membership.id,
            Membership.name,
            Membership.roles,
            SecondFactor.confirmed_at.is_not(None),
            Account.must_change_password,
            func.coalesce(Account.password_set_at, Account.created_at),
            Membership.account_id.is_(None),
            *FACTS,
        )
        .select_from(one)
        .outerjoin(Account, Account.login == bindparam("login", type_=Text()))
        .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
        .outerjoin(Tenant, and_(Tenant.code == bindparam("code", type_=Text()), UNION_OPEN))
        .outerjoin(Level, Level.code == Tenant.level)
        .outerjoin(Membership, and_(_held_or_offered, Membership.tenant_id == Tenant.id, VALID_MEMBERSHIP))
        .order_by(Membership.account_id.nulls_last())
        .limit(1)
    )


def _challenged() -> Select[*tuple[Any, ...]]:
    """Always one row: whom a live challenge belongs to, his live place, and whether the address must wait."""
    one = select(literal(1).label("one")).subquery("one")
    live = and_(
        SignInChallenge.token_hash == bindparam("given_hash", type_=LargeBinary()),
        SignInChallenge.used_at.is_(None),
        SignInChallenge.expires_at > NOW,
    )
    place = and_(Membership.id == SignInChallenge.membership_id, _held_or_offered, VALID_MEMBERSHIP)
    return (
        select(
            SignInChallenge.id,
            Account.id,
            Account.login,
            account_unlocked(),
            limit_reached(),
            Membership.id,
            Membership.name,
            Membership.roles,
            Account.must_change_password,
            func.coalesce(Account.password_set_at, Account.created_at),
            Membership.account_id.is_(None),
            SignInChallenge.provider,
            *FACTS,
        )
        .select_from(one)
        .outerjoin(SignInChallenge, live)
        .outerjoin(Account, Account.id == SignInChallenge.account_id)
        .outerjoin(Membership, place)
        .outerjoin(Tenant, and_(Tenant.id == Membership.tenant_id, UNION_OPEN))
        .outerjoin(Level, Level.code == Tenant.level)
    )


def account_unlocked() -> ColumnElement[bool]:
    """Neither disabled nor locked."""
    return and_(ACCOUNT_OPEN, or_(Account.locked_until.is_(None), Account.locked_until <= NOW))


def limit_reached() -> ScalarSelect[datetime]:
    """When the address failed for the last time that is too many; null while it may still try."""
    return (
        select(SignInFailure.at)
        .where(
            SignInFailure.address == bindparam("address", type_=Text()),
            SignInFailure.at > NOW - bindparam("window", type_=Interval()),
        )
        .order_by(SignInFailure.at.desc())
        .offset(bindparam("allowed"))
        .limit(1)
        .scalar_subquery()
    )


def place_of(account_id: ColumnElement[Any] | Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped column
    """A live place of the account in the tenant that the statement speaks of."""
    return and_(Membership.account_id == account_id, Membership.tenant_id == Tenant.id, VALID_MEMBERSHIP)


def _places() -> Select[*tuple[Any, ...]]:
    """The live places of an account in open unions, the highest first."""
    return (
        select(
            Membership.id,
            Membership.account_id,
            Membership.name,
            Membership.roles,
            Membership.valid_from,
            Membership.valid_to,
            *FACTS,
        )
        .select_from(Membership)
        .join(Account, Account.id == Membership.account_id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .join(Level, Level.code == Tenant.level)
        .where(Membership.account_id == bindparam("account_id"), VALID_MEMBERSHIP, ACCOUNT_OPEN, UNION_OPEN)
        .order_by(Level.rank, Tenant.path)
    )


def _own_sessions() -> Select[*tuple[Any, ...]]:
    """The live sessions of an account, the latest first; those of a lost place, standing or union are dead and not shown."""
    return (
        select(
            SignInSession.id,
            SignInSession.issued_at,
            SignInSession.last_seen_at,
            SignInSession.expires_at,
            SignInSession.strength,
            SignInSession.address,
            SignInSession.provider,
            *FACTS,
        )
        .select_from(SignInSession)
        .join(Tenant, Tenant.id == SignInSession.tenant_id)
        .join(Level, Level.code == Tenant.level)
        .join(Membership, and_(Membership.tenant_id == _home, Membership.account_id == SignInSession.account_id))
        .where(
            SignInSession.account_id == bindparam("account_id"),
            VALID_MEMBERSHIP,
            _live_session,
            UNION_OPEN,
            _is_founded,
        )
        .order_by(SignInSession.issued_at.desc(), SignInSession.id.desc())
    )


AUTHENTICATION = _authentication()
HOLDER = _present(SignInSession.token_hash == bindparam("given_hash", type_=LargeBinary()))
PRESENT = _present(SignInSession.id == any_(bindparam("session_ids", type_=ARRAY(PG_UUID(as_uuid=True)))))
CANDIDATE = _candidate()
CHALLENGED = _challenged()
PLACES = _places()
OWN_SESSIONS = _own_sessions()
SESSIONS_IN = OWN_SESSIONS.where(
    or_(SignInSession.tenant_id == bindparam("tenant_id"), _home == bindparam("tenant_id"))
)


def is_expired(policy: SignInPolicy, clock: Clock, *, must_change: bool, set_at: datetime) -> bool:
    """Whether a password has to be changed before anything else is done."""
    return must_change or (policy.password_age is not None and set_at + policy.password_age <= clock.now())


def window_parameters(policy: SignInPolicy) -> dict[str, timedelta | int]:
    """How many failures an address may have, and within what time."""
    return {"window": policy.address_window, "allowed": policy.address_failures - 1}
