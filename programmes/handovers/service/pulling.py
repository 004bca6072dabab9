"""Pull: the upper union chooses from its own register, the lower union confirms, the sealed dossier arrives."""

from datetime import date
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.versions import touch
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Desk
from programmes.catalogue.queries import get_edition
from programmes.handovers.errors import (
    ALREADY_REQUESTED,
    REGISTER_ENTRY_REVOKED,
    REGISTER_ENTRY_WITHDRAWN,
    REQUESTER_NOT_ON_ROUTE,
)
from programmes.handovers.events import CONFIRMED, announce_passing
from programmes.handovers.model import Handover, RegisterEntry
from programmes.handovers.repository import find_live_passing, lock_handover, lock_register_entry
from programmes.handovers.rules import Direction, HandoverState, Kind, Step
from programmes.handovers.service.outgoing import source_of
from programmes.handovers.service.steps import require_step, require_unanswered, tell
from programmes.titles.queries import get_title


async def request_candidate(scope: WriteScope, register_entry_id: UUID, *, edition_id: UUID) -> Handover:
    """Ask the union that titled a craftsman to put him forward in an edition of this union."""
    entry = await lock_register_entry(scope.session, register_entry_id)
    edition = await get_edition(scope.session, edition_id)
    await guard.require(scope, Permission.HANDOVER_REQUEST, Subject(kind="handover", id=None))
    await applications.require_receiving(scope, edition.id)
    if entry.state != "in_force":
        raise REGISTER_ENTRY_WITHDRAWN() if entry.state == "withdrawn" else REGISTER_ENTRY_REVOKED()
    if await find_live_passing(scope.session, entry.source_title_id, edition.id) is not None:
        raise ALREADY_REQUESTED()
    handover = _requested(scope, entry, edition.id)
    scope.session.add(handover)
    await scope.session.flush()
    announce_passing(scope.session, handover)
    audit_act(scope, "handover:request", "handover", handover.id, after={"register_entry_id": str(entry.id)})
    await tell(
        scope,
        handover,
        "candidate_requested",
        title_id=str(entry.source_title_id),
        edition_id=str(edition.id),
        person_name=entry.person_name,
        case_id=str(handover.case_id),
    )
    return handover


def _requested(scope: WriteScope, entry: RegisterEntry, edition_id: UUID) -> Handover:
    now = scope.clock.now()
    return Handover(
        tenant_id=scope.tenant_id,
        id=new_id(),
        correlation_id=new_id(),
        case_id=new_id(),
        direction=Direction.INCOMING,
        kind=Kind.PULL,
        counterpart_id=entry.source_tenant_id,
        edition_id=edition_id,
        register_entry_id=entry.id,
        title_id=entry.source_title_id,
        person_name=entry.person_name,
        state=HandoverState.REQUESTED,
        created_at=now,
        updated_at=now,
    )


async def confirm_request(
    scope: WriteScope,
    handover_id: UUID,
    *,
    version: int,
    opinion: str,
    rank: int | None,
    deeds: str,
    consent_on: date | None,
) -> Handover:
    """Agree: the case is made from the title's own file and recommended in one act; the dossier follows at once."""
    handover = await lock_handover(scope.session, handover_id)
    await require_step(scope, handover, Step.CONFIRM, version)
    require_unanswered(handover, Step.CONFIRM)
    title = await get_title(scope.session, _known(handover.title_id))
    application = await applications.create_from_title(
        scope,
        edition_id=handover.edition_id,
        person_id=title.person_id,
        deeds=deeds,
        consent_on=consent_on,
        source=await source_of(scope, title),
    )
    if await applications.next_holder(scope, application) != handover.counterpart_id:
        raise REQUESTER_NOT_ON_ROUTE()
    await _send(scope, application, opinion, rank)
    handover.application_id = application.id
    handover.case_id = application.case_id
    touch(handover, scope.clock.now())
    audit_act(scope, "handover:confirm", "handover", handover.id, after={"application_id": str(application.id)})
    await scope.session.flush()
    announce_passing(scope.session, handover, CONFIRMED)
    return handover


async def _send(scope: WriteScope, application: Application, opinion: str, rank: int | None) -> None:
    """Recommend or endorse it, whichever is this desk's act."""
    key, version = application.id, application.version
    if application.desk == Desk.RECOMMENDING_UNIT:
        await applications.recommend_application(scope, key, version=version, opinion=opinion, rank=rank, audited=False)
    else:
        await applications.endorse_application(scope, key, version=version, opinion=opinion, audited=False)


def _known(title_id: UUID | None) -> UUID:
    if title_id is None:
        message = "a request names a title"
        raise ValueError(message)
    return title_id
