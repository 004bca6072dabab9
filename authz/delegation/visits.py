"""Visits: an auditor looks into a union below his own, at all of it (supervision) or at one case (break-glass), for a reason and until a time.

The visited union's record and the session that rests on it are made in one transaction of the door (`tenants.accounts.standing_in`); here stands who may, and
the record of his own union.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from authz import guard
from authz.delegation.errors import BAD_VISIT_PERIOD, VISIT_NEEDS_SECOND_FACTOR
from authz.delegation.wording import require_reason
from authz.permissions import Permission
from authz.roles import FULL_STRENGTH
from authz.scope import ReadScope, WriteScope, audit_act
from authz.subject import Subject
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from tenants.accounts.facts import SignedIn
from tenants.delegation.limits import LONGEST_CASE_VISIT, LONGEST_VISIT
from tenants.delegation.model import Visit
from tenants.errors import NOT_IN_OWN_NAME
from tenants.queries import find_visible_tenant, is_below

SUPERVISION, CASE = "supervision", "case"
_PERMISSIONS = {SUPERVISION: Permission.VISIT_SUPERVISE, CASE: Permission.VISIT_SUPERVISE_CASE}
_LONGEST = {SUPERVISION: LONGEST_VISIT, CASE: LONGEST_CASE_VISIT}


@dataclass(frozen=True)
class NewVisit:
    """Which union, why, and until when; `kind` is SUPERVISION or CASE."""

    tenant_id: UUID
    kind: str
    reason: str
    ends_at: datetime


@dataclass(frozen=True)
class Planned:
    """A visit that may begin."""

    id: UUID
    new: NewVisit
    begins_at: datetime


async def plan_visit(scope: ReadScope, signed_in: SignedIn, new: NewVisit) -> Planned:
    """Whether the actor may go there; writes nothing.

    Raises NOT_IN_OWN_NAME, NOT_FOUND for a union he does not know of, VISIT_NEEDS_SECOND_FACTOR, REASON_REQUIRED, BAD_VISIT_PERIOD and the refusals of the gate
    (for one that is not below his own, too).
    """
    if scope.actor.standing is not None:
        raise NOT_IN_OWN_NAME()
    if await find_visible_tenant(scope.session, scope.actor.tenant, new.tenant_id) is None:
        raise NOT_FOUND(path=("input", "tenantId"))
    below = await is_below(scope.session, scope.actor.tenant, new.tenant_id)
    subject = Subject("visit", relations=frozenset({"ancestor"}) if below else frozenset())
    await guard.require(scope, _PERMISSIONS[new.kind], subject)
    if signed_in.strength < FULL_STRENGTH:
        raise VISIT_NEEDS_SECOND_FACTOR()
    require_reason(new.reason)
    now, longest = scope.clock.now(), _LONGEST[new.kind]
    if not now < new.ends_at <= now + longest:
        raise BAD_VISIT_PERIOD(path=("input", "until"), hours=longest // timedelta(hours=1))
    return Planned(new_id(), new, now)


def record_visiting(scope: WriteScope, planned: Planned) -> None:
    """The record of the visitor's own union, which its administrators and auditors see."""
    visit = _visit(
        scope.tenant_id, planned, planned.new.tenant_id, "visiting", scope.actor.account_id, scope.actor.name
    )
    scope.session.add(visit)
    after = {
        "tenant_id": str(planned.new.tenant_id),
        "kind": visit.kind,
        "reason": visit.reason,
        "ends_at": visit.ends_at.isoformat(),
    }
    audit_act(scope, _PERMISSIONS[planned.new.kind], "visit", visit.id, after=after)


def visited_record(signed_in: SignedIn, planned: Planned, confined_to: Collection[UUID] | None) -> Visit:
    """The record of the union that is visited, by which it is told; to be kept together with the session."""
    home, who = signed_in.tenant, signed_in
    visit = _visit(planned.new.tenant_id, planned, home.id, "visited", who.account_id, who.name)
    visit.confined_to = None if confined_to is None else sorted(confined_to)
    return visit


def _visit(
    tenant_id: UUID, planned: Planned, counterpart_id: UUID, side: str, visitor_id: UUID | None, visitor: str
) -> Visit:
    return Visit(
        tenant_id=tenant_id,
        id=planned.id,
        side=side,
        kind=planned.new.kind,
        counterpart_id=counterpart_id,
        visitor_id=visitor_id,
        visitor=visitor,
        reason=require_reason(planned.new.reason),
        confined_to=None,
        begun_at=planned.begins_at,
        ends_at=planned.new.ends_at,
        ended_at=None,
    )
