"""The lower side: send what was frozen, put a titled craftsman forward for the next rung, take back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope
from authz.subject import Subject
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.text import clean_text
from programmes.applications import service as applications
from programmes.applications.model import Application, Snapshot
from programmes.applications.queries import get_application
from programmes.applications.service.drafting import SourceTitle
from programmes.handovers.errors import STEP_NOT_POSSIBLE, UPPER_FIRST
from programmes.handovers.model import Handover
from programmes.handovers.repository import find_outgoing, lock_handover
from programmes.handovers.rules import Direction, HandoverState, Kind, Step, may_step
from programmes.handovers.service.steps import require_step, require_unanswered, settle, tell
from programmes.handovers.words import STEP_NAMES, state_name
from programmes.people.queries import get_person, has_consent
from programmes.people.rules import Purpose
from programmes.titles.errors import TITLE_NOT_IN_FORCE
from programmes.titles.model import Title
from programmes.titles.queries import get_title, list_titles_held

CONSENT_TAKEN_BACK = "本人撤回同意"


async def escalate_title(
    scope: WriteScope, title_id: UUID, *, edition_id: UUID, deeds: str, consent_on: date | None
) -> Application:
    """Push: begin a case in an upper union's edition for a craftsman titled here."""
    await guard.require(scope, Permission.CASE_CREATE, Subject(kind="case", id=None))
    title = await get_title(scope.session, title_id)
    source = await source_of(scope, title)
    return await applications.create_application(
        scope, edition_id=edition_id, person_id=title.person_id, deeds=deeds, consent_on=consent_on, source=source
    )


async def source_of(scope: WriteScope, title: Title) -> SourceTitle:
    """What a new case inherits from the title it rests on; raises TITLE_NOT_IN_FORCE."""
    if title.state != "in_force":
        raise TITLE_NOT_IN_FORCE()
    earlier = await get_application(scope.session, title.application_id)
    own = [_held(scope, row) for row in await list_titles_held(scope.session, title.person_id, scope.clock.today())]
    known = {(entry["code"], entry["granted_on"]) for entry in own}
    inherited = [entry for entry in earlier.titles_held if (entry["code"], entry["granted_on"]) not in known]
    return SourceTitle(title_id=title.id, held=[*inherited, *own], route=_steps(scope, earlier, title))


def _held(scope: WriteScope, title: Title) -> dict[str, Any]:
    return {
        "code": title.title_code,
        "name": title.name,
        "granted_on": title.granted_on.isoformat(),
        "tenant_id": str(scope.tenant_id),
        "tenant": scope.actor.tenant.name,
    }


def _steps(scope: WriteScope, earlier: Application, title: Title) -> Sequence[dict[str, Any]]:
    named = {
        "tenant_id": str(scope.tenant_id),
        "tenant": scope.actor.tenant.name,
        "desk": "organiser",
        "opinion": f"{title.name}：{title.naming_document_no}",
        "rank": None,
        "at": title.granted_on.isoformat(),
    }
    return [*earlier.route_so_far, named]


async def send_forwarded_case(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `case_forwarded`: open this side's record (or use the one that was requested or returned) and post the dossier."""
    application = await get_application(scope.session, UUID(body["application_id"]))
    snapshot = await scope.session.get(Snapshot, (scope.tenant_id, UUID(body["snapshot_id"])))
    if snapshot is None:
        raise NOT_FOUND()
    if not await has_consent(scope.session, application.person_id, Purpose.UPWARD):
        await applications.reopen_application(scope, application.id, reason=CONSENT_TAKEN_BACK, due_on=None)
        return
    handover = await _record_for(scope, application, UUID(body["to"]))
    await guard.require(scope, Permission.HANDOVER_SEND, Subject(kind="handover", id=handover.id, stage=handover.state))
    handover.snapshot_sha256 = snapshot.sha256
    handover.snapshot_number = snapshot.number
    handover.fields = snapshot.fields
    handover.legal_basis = body["legal_basis"]
    await settle(scope, handover, HandoverState.OFFERED)
    await tell(
        scope,
        handover,
        "handover_offered",
        case_id=str(handover.case_id),
        handover_kind=handover.kind,
        edition_id=str(handover.edition_id),
        person_name=handover.person_name,
        sha256=snapshot.sha256,
        number=snapshot.number,
        fields=snapshot.fields,
        legal_basis=handover.legal_basis,
        snapshot_id=str(snapshot.id),
        title_id=str(handover.title_id) if handover.title_id else None,
    )


async def _record_for(scope: WriteScope, application: Application, to: UUID) -> Handover:
    known = await find_outgoing(scope.session, application.id)
    if known is None or known.counterpart_id != to:
        known = await _requested(scope, application, to)
    if known is not None:
        if not may_step(known.direction, known.state, Step.OFFER):
            raise STEP_NOT_POSSIBLE(state=state_name(known.state), step=STEP_NAMES[Step.OFFER])
        known.application_id, known.case_id = application.id, application.case_id
        return known
    person = await get_person(scope.session, application.person_id)
    now = scope.clock.now()
    handover = Handover(
        tenant_id=scope.tenant_id,
        id=new_id(),
        correlation_id=new_id(),
        case_id=application.case_id,
        direction=Direction.OUTGOING,
        kind=Kind.PUSH if application.source_title_id else Kind.RECOMMENDATION,
        counterpart_id=to,
        edition_id=application.edition_id,
        application_id=application.id,
        title_id=application.source_title_id,
        person_name=person.name,
        state=HandoverState.OFFERED,
        created_at=now,
        updated_at=now,
    )
    scope.session.add(handover)
    await scope.session.flush()
    return handover


async def _requested(scope: WriteScope, application: Application, to: UUID) -> Handover | None:
    """The request that this case answers, if that very union asked for the title in this edition."""
    query = select(Handover).where(
        Handover.tenant_id == scope.tenant_id,
        Handover.direction == Direction.OUTGOING,
        Handover.state == HandoverState.REQUESTED,
        Handover.counterpart_id == to,
        Handover.title_id == application.source_title_id,
        Handover.edition_id == application.edition_id,
    )
    return (await scope.session.execute(query.order_by(Handover.id).limit(1).with_for_update())).scalar_one_or_none()


async def withdraw_handover(scope: WriteScope, handover_id: UUID, *, version: int, reason: str) -> Handover:
    """Ask the upper side to give the case back unread; it is withdrawn when the courier brings its word. Raises UPPER_FIRST once it was accepted."""
    handover = await lock_handover(scope.session, handover_id)
    if handover.direction == Direction.OUTGOING and handover.state == HandoverState.ACCEPTED:
        raise UPPER_FIRST()
    await require_step(scope, handover, Step.WITHDRAW, version)
    why = clean_text(reason, path=("input", "reason"), limit=500)
    state = HandoverState.WITHDRAWING if handover.direction == Direction.OUTGOING else HandoverState.WITHDRAWN
    await settle(scope, handover, state, reason=why, audited_as="handover:withdraw")
    await tell(
        scope,
        handover,
        "handover_withdrawn" if handover.direction == Direction.OUTGOING else "request_withdrawn",
        reason=why,
    )
    return handover


async def refuse_request(scope: WriteScope, handover_id: UUID, *, version: int, reason: str) -> Handover:
    """Not give the candidate whom the upper union requested."""
    handover = await lock_handover(scope.session, handover_id)
    await require_step(scope, handover, Step.REFUSE, version)
    require_unanswered(handover, Step.REFUSE)
    why = clean_text(reason, path=("input", "reason"), limit=500)
    await settle(scope, handover, HandoverState.DECLINED, reason=why, audited_as="handover:refuse")
    await tell(scope, handover, "request_refused", reason=why)
    return handover
