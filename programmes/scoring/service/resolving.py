"""The party leadership group's deliberation, recorded with its number: it approves, sends back to the meeting, or drops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.text import clean_text
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Act, Desk
from programmes.catalogue.queries import rulebook_of
from programmes.scoring import repository
from programmes.scoring.errors import (
    DUPLICATE_CASE,
    NO_DELIBERATION_STAGE,
    NOTHING_DECIDED,
    OTHER_EDITION,
    RESOLUTION_IN_FUTURE,
    RESOLUTION_NUMBER_USED,
)
from programmes.scoring.model import Resolution
from programmes.scoring.rules.resolutions import ResolutionDecision
from programmes.scoring.service.editions import own_edition

_NUMBER_LIMIT = 60
_BODY_LIMIT = 100
_NOTE_LIMIT = 2000
_ACTS = {
    ResolutionDecision.APPROVE: Act.DELIBERATE,
    ResolutionDecision.SEND_BACK: Act.SEND_BACK,
    ResolutionDecision.DROP: Act.DROP,
}


@dataclass(frozen=True)
class ResolutionEntry:
    """A collective decision as its document has it: number, the body that took it, and the day."""

    number: str
    body: str
    resolved_on: date
    decision: ResolutionDecision
    note: str | None = None


async def record_resolution(
    scope: WriteScope, edition_id: UUID, entry: ResolutionEntry, application_ids: Sequence[UUID]
) -> Resolution:
    """Record a resolution on proposed cases and carry it out on all of them: approve, send back to the meeting, or drop."""
    edition = await own_edition(scope, edition_id)
    subject = Subject("resolution", stage=edition.state, desk=Desk.ORGANISER)
    await guard.require(scope, Permission.RESOLUTION_RECORD, subject)
    if not (await rulebook_of(scope.session, edition.id)).has_stage("party_group"):
        raise NO_DELIBERATION_STAGE()
    number = clean_text(entry.number, path=("input", "number"), limit=_NUMBER_LIMIT)
    await _require_usable(scope, number, entry)
    cases = await _lock_cases(scope, edition_id, application_ids)
    resolution = Resolution(
        tenant_id=scope.tenant_id,
        id=new_id(),
        edition_id=edition.id,
        number=number,
        body=clean_text(entry.body, path=("input", "body"), limit=_BODY_LIMIT),
        resolved_on=entry.resolved_on,
        decision=entry.decision,
        application_ids=[str(case.id) for case in cases],
        note=clean_text(entry.note or "", path=("input", "note"), limit=_NOTE_LIMIT, optional=True) or None,
        recorded_by=scope.actor.account_id,
        recorded_at=scope.clock.now(),
    )
    scope.session.add(resolution)
    await applications.move_many(
        scope, cases, _ACTS[entry.decision], reason=entry.note, document_no=number, audited=False
    )
    after = {"number": number, "decision": entry.decision, "cases": resolution.application_ids}
    audit_act(scope, "resolution:record", "resolution", resolution.id, after=after)
    await scope.session.flush()
    return resolution


async def _require_usable(scope: WriteScope, number: str, entry: ResolutionEntry) -> None:
    if entry.resolved_on > scope.clock.today():
        raise RESOLUTION_IN_FUTURE(path=("input", "resolvedOn"))
    if await repository.is_resolution_number_used(scope.session, number):
        raise RESOLUTION_NUMBER_USED(path=("input", "number"), number=number)


async def _lock_cases(scope: WriteScope, edition_id: UUID, application_ids: Sequence[UUID]) -> list[Application]:
    if not application_ids:
        raise NOTHING_DECIDED(path=("input", "applicationIds"))
    if len(set(application_ids)) != len(application_ids):
        raise DUPLICATE_CASE(path=("input", "applicationIds"))
    cases = await applications.lock_applications(scope, application_ids)
    others = [case.id for case in cases if case.edition_id != edition_id]
    if others:
        names = await repository.names_of(scope.session, others)
        raise OTHER_EDITION(path=("input", "applicationIds"), name="、".join(names.values()))
    return cases
