"""Erasing what is due, and what somebody decided to erase: by the courier, in batches; each file leaves one audit entry, and unions with a copy are told.

A batch commits with its job; what it did is due no longer, so that a second run, or one after a crash, goes on where the last commit ended.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.schedule import remember_due
from kernel.versions import touch
from programmes.handovers.model import Handover, RegisterEntry
from programmes.retention.repository import finding, rewriting
from programmes.retention.repository.finding import Over
from programmes.retention.rules.periods import RecordKind, over_before
from programmes.retention.rules.requests import Need, Origin, RequestState
from programmes.retention.service.telling import list_counterparts, tell_counterparts

RETENTION_DUE = "retention"
ERASURE_DUE = "erasure"
BATCH = 20
_COPIES = {RecordKind.HANDOVER_COPY: Handover, RecordKind.REGISTER_LINE: RegisterEntry}


async def erase_due(scope: WriteScope, tenant_id: UUID) -> None:
    """Every day while the union has a period: erase a batch of what is due; where more is due, go on at once."""
    today = scope.clock.today()
    months = await finding.list_periods(scope.session)
    if not months:
        return
    over = {kind: over_before(scope.clock.now(), count) for kind, count in months.items()}
    people = await finding.list_due_people(scope.session, over, BATCH)
    for person_id in people:
        await _erase_due_of(scope, person_id, over)
    copies = await finding.list_due_copies(scope.session, over, BATCH)
    for kind, row_id in copies:
        await _erase_copy(scope, kind, row_id)
    goes_on = BATCH in {len(people), len(copies)}
    await remember_due(scope.session, RETENTION_DUE, tenant_id, on=today if goes_on else today + timedelta(days=1))


async def erase_granted(scope: WriteScope, request_id: UUID) -> None:
    """What a person decided: the whole file. Waits while a job speaks of it; goes back to who decides where something stands on it again."""
    request = await finding.lock_request(scope.session, request_id)
    if request.state != RequestState.GRANTED:
        return
    if await finding.is_spoken_of(scope.session, request.person_id):
        await remember_due(scope.session, ERASURE_DUE, request_id, on=scope.clock.today() + timedelta(days=1))
        return
    touch(request, scope.clock.now())
    if await finding.find_needs(scope.session, request.person_id):
        request.state, request.decided_by = RequestState.OPEN, None
        await scope.session.flush()
        return
    request.state, request.erased_on = RequestState.DONE, scope.clock.today()
    await scope.session.flush()
    cases = await finding.list_cases(scope.session, request.person_id)
    await _erase_file(scope, request.person_id, cases, whole=True, by=Origin.PERSON)


async def _erase_due_of(scope: WriteScope, person_id: UUID, over: Over) -> None:
    """The person's cases that are due; his file, too, where nothing is left and its own period has run out."""
    cases = await finding.list_due_cases(scope.session, person_id, over)
    whole = await _is_whole(scope, person_id, cases, over)
    await _erase_file(scope, person_id, cases, whole=whole, by=None)


async def _is_whole(scope: WriteScope, person_id: UUID, cases: Sequence[UUID], over: Over) -> bool:
    file = await finding.lock_file(scope.session, person_id)
    if file is None or RecordKind.PERSON_FILE not in over or file.updated_at > over[RecordKind.PERSON_FILE]:
        return False
    left = set(await finding.list_cases(scope.session, person_id)) - set(cases)
    needs = set(await finding.find_needs(scope.session, person_id)) - {Need.CASE}
    return not left and not needs


async def _erase_file(
    scope: WriteScope, person_id: UUID, cases: Sequence[UUID], *, whole: bool, by: Origin | None
) -> None:
    subject = Subject(kind="person", id=person_id)
    await guard.require(scope, Permission.PERSON_ERASE, subject)
    person = await finding.lock_file(scope.session, person_id)
    if person is None or not (cases or whole):
        return
    told = await list_counterparts(scope.session, cases)
    erasing = rewriting.Erasing(person, cases, whole, scope.clock.now(), scope.clock.today())
    rows = await rewriting.rewrite(scope.session, erasing)
    ground = "period" if by is None else "request"
    after = {"ground": ground, "whole": whole, "cases": len(cases), "rows": rows, "told": len(told)}
    audit_act(scope, Permission.PERSON_ERASE, "person", person_id, after=after)
    await tell_counterparts(scope, told, asked=by is not None)
    await scope.session.flush()


async def _erase_copy(scope: WriteScope, kind: RecordKind, row_id: UUID) -> None:
    await guard.require(scope, Permission.PERSON_ERASE, Subject(kind="person"))
    model = _COPIES[kind]
    await rewriting.rewrite_copy(scope.session, model, row_id, now=scope.clock.now(), today=scope.clock.today())
    after = {"ground": "period", "record": kind.value}
    audit_act(scope, Permission.PERSON_ERASE, model.__tablename__, row_id, after=after)
