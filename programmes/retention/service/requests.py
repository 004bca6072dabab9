"""A person asks that his file be erased (个人信息保护法 第四十七条): recorded by one, decided by another, done by the courier."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from authz import guard
from authz.duties import CREATED, Duty
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.schedule import remember_due
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.people.queries import get_person, require_kept
from programmes.retention.errors import (
    ERASURE_DAY,
    ERASURE_DECIDED,
    ERASURE_GROUND,
    ERASURE_OPEN,
    ERASURE_OWN_REQUEST,
    ERASURE_STILL_NEEDED,
)
from programmes.retention.model import ErasureRequest
from programmes.retention.repository.finding import find_needs, lock_request
from programmes.retention.rules.requests import NEED_NAMES, Ground, Origin, RequestState
from programmes.retention.service.erasing import ERASURE_DUE

_REASON_LIMIT = 200


@dataclass(frozen=True)
class Verdict:
    """Granted without a ground, or refused by one; the reason is told to the person."""

    granted: bool
    reason: str
    ground: Ground | None = None
    document_no: str | None = None


async def record_request(scope: WriteScope, person_id: UUID, *, asked_on: date, reason: str) -> ErasureRequest:
    """Somebody asked; raises ERASURE_OPEN where he has asked before and nobody has answered yet."""
    person = await get_person(scope.session, person_id)
    await guard.require(scope, Permission.ERASURE_RECORD, Subject(kind="erasure"))
    require_kept(person)
    if asked_on > scope.clock.today():
        raise ERASURE_DAY(path=("input", "askedOn"))
    now = scope.clock.now()
    request = ErasureRequest(
        tenant_id=scope.tenant_id,
        id=new_id(),
        person_id=person.id,
        origin=Origin.PERSON.value,
        asked_on=asked_on,
        reason=clean_text(reason, path=("input", "reason"), limit=_REASON_LIMIT),
        state=RequestState.OPEN.value,
        recorded_by=scope.actor.account_id,
        version=1,
        created_at=now,
        updated_at=now,
    )
    try:
        async with scope.session.begin_nested():
            scope.session.add(request)
    except IntegrityError as failure:
        raise ERASURE_OPEN(path=("input", "personId")) from failure
    await guard.note(scope, Duty.CREATED, Subject(kind="erasure", id=request.id))
    audit_act(scope, Permission.ERASURE_RECORD, "person", person.id, after={"asked_on": asked_on.isoformat()})
    await scope.session.flush()
    return request


async def decide_request(scope: WriteScope, request_id: UUID, verdict: Verdict, *, version: int) -> ErasureRequest:
    """Another person than who recorded it. Granting raises ERASURE_STILL_NEEDED while something stands on the file; the courier then does it today."""
    request = await lock_request(scope.session, request_id)
    subject = Subject(kind="erasure", id=request.id, stage=request.state)
    await guard.require(scope, Permission.ERASURE_DECIDE, subject)
    require_version(request, version)
    if request.state != RequestState.OPEN:
        raise ERASURE_DECIDED()
    if await _recorded_himself(scope, request, subject):
        raise ERASURE_OWN_REQUEST()
    if verdict.granted == (verdict.ground is not None):
        raise ERASURE_GROUND(path=("input", "ground"))
    if verdict.granted and (needs := await find_needs(scope.session, request.person_id)):
        names = "、".join(NEED_NAMES[need] for need in needs)
        raise ERASURE_STILL_NEEDED(what=names, what_codes=", ".join(needs))
    await _settle(scope, request, verdict)
    return request


async def _recorded_himself(scope: WriteScope, request: ErasureRequest, subject: Subject) -> bool:
    """Whether it was he, whom he stands in for, or somebody standing in for one of them."""
    taken = await guard.find_duties(scope, [subject])
    return request.recorded_by in scope.actor.accounts or CREATED in taken.get(request.id, frozenset())


async def _settle(scope: WriteScope, request: ErasureRequest, verdict: Verdict) -> None:
    request.state = RequestState.GRANTED if verdict.granted else RequestState.REFUSED
    request.ground = verdict.ground
    request.decision_reason = clean_text(verdict.reason, path=("input", "reason"), limit=_REASON_LIMIT)
    number = clean_text(verdict.document_no or "", path=("input", "documentNo"), limit=_REASON_LIMIT, optional=True)
    request.document_no = number or None
    request.decided_on, request.decided_by = scope.clock.today(), scope.actor.account_id
    touch(request, scope.clock.now())
    after = {"state": request.state, "ground": request.ground}
    audit_act(scope, Permission.ERASURE_DECIDE, "person", request.person_id, after=after)
    if verdict.granted:
        await remember_due(scope.session, ERASURE_DUE, request.id, on=scope.clock.today())
    await scope.session.flush()
