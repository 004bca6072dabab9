"""上级代办: where one person of a small union would need two duties, an officer of the union right above takes one of them, by an assignment on record.

Asked below, assigned above, ended by either; what one tells the other travels by letter. A session of the officer rests on the records of both
(`tenants.delegation.statements`), so an end holds at once, before its letter arrives.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from authz import guard, predicate
from authz.actor import Actor
from authz.administration import require_roles
from authz.delegation.errors import NO_SUPERIOR, ROLE_NOT_LENT, SUBSTITUTION_STATE
from authz.delegation.wording import refusal_of, require_period, require_reason, require_transferable
from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import ADMINISTRATORS, Role
from authz.scope import ReadScope, WriteScope, audit_act
from authz.stages import stage_name
from authz.subject import Subject
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.outbox import post
from kernel.versions import require_version, touch
from tenants.accounts.model import Membership
from tenants.delegation.limits import LONGEST_SUBSTITUTE
from tenants.delegation.model import Substitution
from tenants.errors import NOT_IN_OWN_NAME, PLACE_NOT_TAKEN
from tenants.lines import Line

ASKED, APPOINTED, ENDED = "substitute_asked", "substitute_appointed", "substitute_ended"
KIND, _TABLE = "substitute", "substitution"
_REQUESTED, _ASSIGNED, _ENDED = "requested", "assigned", "ended"


@dataclass(frozen=True)
class Request:
    """Which roles, of the superior on which line, and why."""

    line: Line
    roles: frozenset[str]
    reason: str


async def ask_for_substitute(scope: WriteScope, request: Request) -> UUID:
    """Ask the superior; returns the record's id. Raises NO_SUPERIOR, ROLE_NOT_LENT, REASON_REQUIRED, and the refusals of the gate and of roles."""
    _require_own_name(scope)
    await guard.require(scope, Permission.SUBSTITUTE_ASK, Subject(KIND))
    roles, reason = require_transferable(request.roles), require_reason(request.reason)
    if unfit := roles & {*ADMINISTRATORS, Role.AUDITOR}:
        raise refusal_of(ROLE_NOT_LENT, unfit)
    own = scope.actor.tenant
    superior_id = own.parent_id if request.line is Line.TERRITORIAL else own.industry_parent_id
    if superior_id is None:
        raise NO_SUPERIOR(path=("input", "line"))
    row = _new(scope, new_id(), "asking", superior_id)
    row.roles, row.reason, row.asked_by = sorted(role.value for role in roles), reason, scope.actor.name
    scope.session.add(row)
    audit_act(scope, Permission.SUBSTITUTE_ASK, _TABLE, row.id, after=_recorded(row))
    await _tell(scope, row, ASKED, {"roles": row.roles, "reason": reason, "asked_by": row.asked_by})
    return row.id


async def appoint_substitute(
    scope: WriteScope, substitution_id: UUID, membership_id: UUID, *, valid_to: date, version: int
) -> UUID:
    """Lend a member of the own union until a day. Raises NOT_FOUND, PLACE_NOT_TAKEN, SUBSTITUTION_STATE, EXCLUSIVE_ROLES, BAD_STANDING_PERIOD, the gate's."""
    _require_own_name(scope)
    row = await _lock(scope, substitution_id, "lending")
    await guard.require(scope, Permission.SUBSTITUTE_APPOINT, Subject(KIND, id=row.id, stage=row.state))
    officer, today = await _place(scope, membership_id), scope.clock.today()
    require_version(row, version)
    require_period(today, valid_to, today, LONGEST_SUBSTITUTE)
    require_roles({*officer.roles, *row.roles})
    before = _recorded(row)
    row.state, row.officer_id, row.officer = _ASSIGNED, officer.account_id, officer.name
    row.assigned_by, row.valid_to = scope.actor.name, valid_to
    touch(row, scope.clock.now())
    audit_act(scope, Permission.SUBSTITUTE_APPOINT, _TABLE, row.id, before=before, after=_recorded(row))
    body = {
        "officer_id": str(row.officer_id),
        "officer": row.officer,
        "assigned_by": row.assigned_by,
        "valid_to": valid_to.isoformat(),
    }
    await _tell(scope, row, APPOINTED, body)
    return row.id


async def end_substitution(scope: WriteScope, substitution_id: UUID, reason: str) -> UUID:
    """Withdraw, decline or end it, from either side, at once. Raises NOT_FOUND, SUBSTITUTION_STATE, REASON_REQUIRED and the refusals of the gate."""
    _require_own_name(scope)
    row = await _lock(scope, substitution_id)
    if row.state == _ENDED:
        raise SUBSTITUTION_STATE(state=stage_name(KIND, row.state))
    await guard.require(scope, Permission.SUBSTITUTE_END, Subject(KIND, id=row.id, stage=row.state))
    before = _recorded(row)
    end_row(scope, row, scope.actor.name, require_reason(reason))
    audit_act(scope, Permission.SUBSTITUTE_END, _TABLE, row.id, before=before, after=_recorded(row))
    await _tell(scope, row, ENDED, {"ended_by": row.ended_by, "because": row.ended_because})
    return row.id


def assign_row(scope: WriteScope, row: Substitution, told: Mapping[str, Any]) -> None:
    """What the superior's assignment writes below."""
    row.state, row.officer_id, row.officer = _ASSIGNED, UUID(told["officer_id"]), told["officer"]
    row.assigned_by, row.valid_to = told["assigned_by"], date.fromisoformat(told["valid_to"])
    touch(row, scope.clock.now())


def end_row(scope: WriteScope, row: Substitution, by: str, because: str) -> None:
    """What an end writes, whoever told of it."""
    row.state, row.ended_at, row.ended_by, row.ended_because = _ENDED, scope.clock.now(), by, because
    touch(row, scope.clock.now())


def lent_row(scope: WriteScope, substitution_id: UUID, asking_id: UUID, told: Mapping[str, Any]) -> Substitution:
    """The record of the union that is asked."""
    row = _new(scope, substitution_id, "lending", asking_id)
    row.roles, row.reason, row.asked_by = list(told["roles"]), told["reason"], told["asked_by"]
    return row


async def get_asking_tenant(scope: ReadScope, substitution_id: UUID) -> UUID:
    """Where the actor is lent to; raises NOT_FOUND for what is not his. Whether it holds now, the session itself says."""
    mine = (
        select(Substitution.counterpart_id)
        .where(Substitution.tenant_id == scope.tenant_id, Substitution.id == substitution_id)
        .where(Substitution.side == "lending", Substitution.officer_id == scope.actor.account_id)
    )
    found = (await scope.session.execute(mine)).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND(path=("input", "substitutionId"))
    return found


def visible_substitutions(actor: Actor) -> ColumnElement[bool]:
    """The union's own, for who administers, supervises or leads it; an officer's own assignments."""
    mine = Substitution.officer_id == actor.account_id
    columns = Columns(id=Substitution.id, stage=Substitution.state, relations={"is_self_account": mine})
    return predicate.visible(Permission.SUBSTITUTE_READ, actor, columns)


def _new(scope: WriteScope, substitution_id: UUID, side: str, counterpart_id: UUID) -> Substitution:
    now = scope.clock.now()
    return Substitution(
        tenant_id=scope.tenant_id,
        id=substitution_id,
        side=side,
        counterpart_id=counterpart_id,
        state=_REQUESTED,
        version=1,
        created_at=now,
        updated_at=now,
    )


async def _lock(scope: WriteScope, substitution_id: UUID, *sides: str) -> Substitution:
    found = select(Substitution).where(Substitution.tenant_id == scope.tenant_id, Substitution.id == substitution_id)
    row = (await scope.session.execute(found.with_for_update())).scalar_one_or_none()
    if row is None or (sides and row.side not in sides):
        raise NOT_FOUND()
    return row


async def _place(scope: WriteScope, membership_id: UUID) -> Membership:
    today = scope.clock.today()
    live = select(Membership).where(
        Membership.tenant_id == scope.tenant_id,
        Membership.id == membership_id,
        Membership.valid_from <= today,
        or_(Membership.valid_to.is_(None), Membership.valid_to > today),
    )
    found = (await scope.session.execute(live.with_for_update(read=True))).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND(path=("input", "memberId"))
    if found.account_id is None:
        raise PLACE_NOT_TAKEN(path=("input", "memberId"))
    return found


async def _tell(scope: WriteScope, row: Substitution, kind: str, body: Mapping[str, Any]) -> None:
    told = {"id": str(row.id), **body}
    await post(scope.session, to=row.counterpart_id, kind=kind, body=told, ordering_key=f"substitution:{row.id}")


def _require_own_name(scope: WriteScope) -> None:
    if scope.actor.standing is not None:
        raise NOT_IN_OWN_NAME()


def _recorded(row: Substitution) -> dict[str, object]:
    return {
        "counterpart_id": str(row.counterpart_id),
        "side": row.side,
        "roles": row.roles,
        "reason": row.reason,
        "state": row.state,
        "officer_id": None if row.officer_id is None else str(row.officer_id),
        "valid_to": None if row.valid_to is None else row.valid_to.isoformat(),
        "ended_because": row.ended_because,
    }
