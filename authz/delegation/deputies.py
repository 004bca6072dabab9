"""Deputies: a member hands roles of his own to another member of his union, until a day, for a reason.

What is handed over is judged here once; what it is worth is read with each request of the deputy (`tenants.delegation.statements`).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true

from authz import guard, predicate
from authz.actor import Actor
from authz.administration import require_roles
from authz.delegation.errors import DEPUTY_ENDED, DEPUTY_IS_SELF, GRANT_EXCEEDS_OWN, GRANT_NEEDS_SECOND_FACTOR
from authz.delegation.wording import refusal_of, require_period, require_reason, require_transferable
from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import Role
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from tenants.accounts.model import Membership
from tenants.delegation.limits import LONGEST_DEPUTY
from tenants.delegation.model import DeputyGrant
from tenants.errors import NOT_IN_OWN_NAME

_KIND = "deputy"
_SELF = frozenset({"is_self_account"})


@dataclass(frozen=True, kw_only=True)
class NewDeputy:
    """Who shall take which of the actor's roles; `valid_to` is the first day on which he no longer may."""

    membership_id: UUID
    roles: frozenset[str]
    reason: str
    valid_from: date
    valid_to: date


async def grant_deputy(scope: WriteScope, new: NewDeputy) -> UUID:
    """Make a member the actor's deputy; returns the grant's id.

    Raises NOT_IN_OWN_NAME from a deputy's session, NOT_FOUND for who has no place here today, GRANT_EXCEEDS_OWN, GRANT_NEEDS_SECOND_FACTOR,
    DEPUTY_IS_SELF, EXCLUSIVE_ROLES, and the refusals of the gate and of `wording`.
    """
    if scope.actor.standing is not None:
        raise NOT_IN_OWN_NAME()
    await guard.require(scope, Permission.DEPUTY_CREATE, Subject(_KIND, relations=_SELF))
    roles, reason = require_transferable(new.roles), require_reason(new.reason)
    require_period(new.valid_from, new.valid_to, scope.clock.today(), LONGEST_DEPUTY)
    own, deputy = await _hold_places(scope, new.membership_id)
    _require_own(scope.actor, own, roles)
    if deputy.account_id == own.account_id:
        raise DEPUTY_IS_SELF(path=("input", "deputyId"))
    require_roles({*deputy.roles, *(role.value for role in roles)})
    grant = DeputyGrant(
        tenant_id=scope.tenant_id,
        id=new_id(),
        granter_id=own.account_id,
        granter=own.name,
        deputy_id=deputy.account_id,
        deputy=deputy.name,
        roles=sorted(role.value for role in roles),
        reason=reason,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        granted_at=scope.clock.now(),
    )
    scope.session.add(grant)
    audit_act(scope, Permission.DEPUTY_CREATE, "deputy_grant", grant.id, after=_recorded(grant))
    return grant.id


async def revoke_deputy(scope: WriteScope, grant_id: UUID) -> UUID:
    """Take it back, or lay it down, from the deputy's next request on. Raises NOT_FOUND, DEPUTY_ENDED and the refusals of the gate."""
    statement = select(DeputyGrant).where(DeputyGrant.tenant_id == scope.tenant_id, DeputyGrant.id == grant_id)
    grant = (await scope.session.execute(statement.with_for_update())).scalar_one_or_none()
    if grant is None:
        raise NOT_FOUND()
    is_party = scope.actor.account_id in {grant.granter_id, grant.deputy_id}
    subject = Subject(_KIND, id=grant.id, relations=_SELF if is_party else frozenset())
    await guard.require(scope, Permission.DEPUTY_REVOKE, subject)
    if grant.revoked_at is not None:
        raise DEPUTY_ENDED()
    grant.revoked_at, grant.revoked_by = scope.clock.now(), scope.actor.name
    audit_act(
        scope, Permission.DEPUTY_REVOKE, "deputy_grant", grant.id, before=_recorded(grant), after={"revoked": True}
    )
    return grant.id


def visible_grants(actor: Actor) -> ColumnElement[bool]:
    """Those one gave or got; administrators and auditors see all of their union."""
    mine = or_(DeputyGrant.granter_id == actor.account_id, DeputyGrant.deputy_id == actor.account_id)
    columns = Columns(id=DeputyGrant.id, relations={"is_self_account": mine})
    return predicate.visible(Permission.DEPUTY_READ, actor, columns)


def visible_colleagues(actor: Actor) -> ColumnElement[bool]:
    """All places of the union that somebody has taken, for whoever may have a deputy."""
    columns = Columns(id=Membership.id, relations={"is_self_account": true()})
    return and_(Membership.account_id.is_not(None), predicate.visible(Permission.DEPUTY_CREATE, actor, columns))


async def _hold_places(scope: WriteScope, membership_id: UUID) -> tuple[Membership, Membership]:
    """The actor's place and the deputy's, both of today and unchanged until the commit."""
    today = scope.clock.today()
    statement = select(Membership).where(
        Membership.tenant_id == scope.tenant_id,
        Membership.account_id.is_not(None),
        or_(Membership.id == membership_id, Membership.account_id == scope.actor.account_id),
        Membership.valid_from <= today,
        or_(Membership.valid_to.is_(None), Membership.valid_to > today),
    )
    held = statement.order_by(Membership.id).with_for_update(read=True)
    found = (await scope.session.execute(held)).scalars().all()
    own = next((place for place in found if place.account_id == scope.actor.account_id), None)
    deputy = next((place for place in found if place.id == membership_id), None)
    if own is None or deputy is None:
        raise NOT_FOUND()
    return own, deputy


def _require_own(actor: Actor, own: Membership, roles: frozenset[Role]) -> None:
    if excess := roles - {Role(word) for word in own.roles}:
        raise refusal_of(GRANT_EXCEEDS_OWN, excess)
    if withheld := roles & actor.withheld:
        raise refusal_of(GRANT_NEEDS_SECOND_FACTOR, withheld)


def _recorded(grant: DeputyGrant) -> dict[str, object]:
    return {
        "granter_id": str(grant.granter_id),
        "deputy_id": str(grant.deputy_id),
        "roles": grant.roles,
        "reason": grant.reason,
        "valid_from": grant.valid_from.isoformat(),
        "valid_to": grant.valid_to.isoformat(),
    }
