"""The applying desk: begin a case, revise the draft, submit it, step back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from authz import guard
from authz.duties import Duty
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version
from programmes.applications import repository
from programmes.applications.errors import CASE_EXISTS, GIVE_BACK_BY_HANDOVER, PERSON_IN_PROGRESS
from programmes.applications.events import announce_move
from programmes.applications.model import Application
from programmes.applications.rules.completeness import require_complete, require_not_the_organisers_own
from programmes.applications.rules.transitions import UNSELECTED, Act, Desk, State
from programmes.applications.service.moving import admit, carry_out, remember, subject_of
from programmes.applications.service.routing import entry_desk
from programmes.applications.service.window import past_day, require_window
from programmes.catalogue.queries import get_edition, rulebook_of
from programmes.people.errors import CONSENT_MISSING
from programmes.people.queries import get_person, require_kept
from programmes.people.service import feed_consents
from tenants.queries import get_tenant

_DEEDS_LIMIT = 5000
_LIVE_PERSON = "uq_application_live_person"


@dataclass(frozen=True)
class SourceTitle:
    """The title a case rests on, when a titled craftsman goes for the next rung."""

    title_id: UUID
    held: Sequence[dict[str, Any]]
    route: Sequence[dict[str, Any]]


async def create_application(
    scope: WriteScope,
    *,
    edition_id: UUID,
    person_id: UUID,
    deeds: str,
    consent_on: date | None,
    source: SourceTitle | None = None,
) -> Application:
    """Begin a case. At an applying unit it is a draft; a recommending unit that puts a titled craftsman forward begins at its own desk."""
    await guard.require(scope, Permission.CASE_CREATE, Subject(kind="case", id=None))
    application = await _new_case(scope, _Entry(edition_id, person_id, deeds, consent_on, source))
    application.created_by = scope.actor.account_id
    begun = await _begin(scope, application, audited=True)
    if scope.actor.acting_for is not None:
        await guard.note(scope, Duty.CREATED, subject_of(begun))
    return begun


async def create_from_title(
    scope: WriteScope,
    *,
    edition_id: UUID,
    person_id: UUID,
    deeds: str,
    consent_on: date | None,
    source: SourceTitle,
) -> Application:
    """Begin a case that an upper union asked for: made from the title's own file, at the desk where it is to be sent on. Guarded as a confirmation."""
    application = await _new_case(scope, _Entry(edition_id, person_id, deeds, consent_on, source))
    if application.state == State.DRAFT:
        application.state = State.SUBMITTED
    return await _begin(scope, application, audited=False)


@dataclass(frozen=True)
class _Entry:
    edition_id: UUID
    person_id: UUID
    deeds: str
    consent_on: date | None
    source: SourceTitle | None


async def _new_case(scope: WriteScope, entry: _Entry) -> Application:
    edition = await get_edition(scope.session, entry.edition_id)
    rulebook = await rulebook_of(scope.session, edition.id)
    desk = await entry_desk(scope, rulebook, edition.id, edition.tenant_id)
    await require_window(scope, edition.id)
    person = await get_person(scope.session, entry.person_id)
    require_kept(person)
    organiser = await get_tenant(scope.session, edition.tenant_id)
    require_not_the_organisers_own(person.employer, organiser.name)
    source, now = entry.source, scope.clock.now()
    return Application(
        tenant_id=scope.tenant_id,
        id=new_id(),
        case_id=new_id(),
        edition_id=edition.id,
        organiser_id=edition.tenant_id,
        person_id=person.id,
        desk=desk,
        state=State.DRAFT if desk is Desk.APPLYING_UNIT else State.AT_RECOMMENDING_UNIT,
        applying_unit_id=scope.tenant_id,
        recommending_unit_id=scope.tenant_id if desk is Desk.RECOMMENDING_UNIT else None,
        deeds=clean_text(entry.deeds, path=("input", "deeds"), limit=_DEEDS_LIMIT, optional=True),
        consent_on=past_day(scope, entry.consent_on, "consentOn"),
        source_title_id=source.title_id if source else None,
        titles_held=list(source.held) if source else [],
        route_so_far=list(source.route) if source else [],
        open_objections=0,
        version=1,
        created_at=now,
        updated_at=now,
    )


async def _begin(scope: WriteScope, application: Application, *, audited: bool) -> Application:
    known = await repository.find_live_case(scope.session, application.edition_id, application.person_id, UNSELECTED)
    if known is not None:
        raise CASE_EXISTS(path=("input", "personId"))
    if application.state != State.DRAFT:
        if application.consent_on is None:
            raise CONSENT_MISSING(path=("input", "consentOn"))
        await _claim(scope, application)
    await _store(scope, application)
    await feed_consents(scope, application.person_id, application.consent_on)
    remember(scope, application, Act.CREATE, None)
    if audited:
        audit_act(scope, "case:create", "application", application.id, after={"state": application.state})
    await scope.session.flush()
    await announce_move(scope.session, application, Act.CREATE, None)
    return application


async def _store(scope: WriteScope, application: Application) -> None:
    """Insert the case; a second one of the same person, begun at the same moment, loses against the unique index."""
    try:
        async with scope.session.begin_nested():
            scope.session.add(application)
    except IntegrityError as failure:
        if _LIVE_PERSON not in str(failure.orig):
            raise
        raise CASE_EXISTS(path=("input", "personId")) from failure


async def revise_application(
    scope: WriteScope,
    application_id: UUID,
    *,
    version: int,
    deeds: str | None = None,
    consent_on: date | None = None,
    exception_reason: str | None = None,
    exception_approver: str | None = None,
) -> Application:
    """Change a draft; what is None stays as it is."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.REVISE)
    require_version(application, version)
    if deeds is not None:
        application.deeds = clean_text(deeds, path=("input", "deeds"), limit=_DEEDS_LIMIT, optional=True)
    if consent_on is not None:
        application.consent_on = past_day(scope, consent_on, "consentOn")
        await feed_consents(scope, application.person_id, consent_on)
    if exception_reason is not None:
        application.exception_reason = clean_text(exception_reason, path=("input", "exceptionReason"), limit=500)
    if exception_approver is not None:
        application.exception_approver = clean_text(exception_approver, path=("input", "exceptionApprover"), limit=50)
    return await carry_out(scope, application, transition)


async def submit_application(scope: WriteScope, application_id: UUID, *, version: int) -> Application:
    """Hand the draft to the unit's own union; from here on the person has one route in this edition."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.SUBMIT)
    require_version(application, version)
    await require_window(scope, application.edition_id, supplement_due_on=application.supplement_due_on)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    evidence = await repository.list_evidence(scope.session, application.id)
    require_complete(
        deeds=application.deeds,
        consent_on=application.consent_on,
        forces_shown=[row.force for row in evidence],
        forces_asked=list(dict.fromkeys(criterion.force for criterion in rulebook.criteria)),
        rule=rulebook.criteria[0].cite.citation if rulebook.criteria else None,
    )
    await _claim(scope, application)
    application.supplement_reason = None
    return await carry_out(scope, application, transition)


async def withdraw_application(scope: WriteScope, application_id: UUID, *, version: int, reason: str) -> Application:
    """The applicant steps back while that is still possible; a case that came by the courier is not this union's to withdraw, it is given back."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.WITHDRAW)
    require_version(application, version)
    if application.incoming_handover_id is not None:
        raise GIVE_BACK_BY_HANDOVER()
    why = clean_text(reason, path=("input", "reason"), limit=500)
    await repository.release_claim(scope.session, application)
    return await carry_out(scope, application, transition, reason=why)


async def _claim(scope: WriteScope, application: Application) -> None:
    person = await get_person(scope.session, application.person_id)
    if not await repository.claim_person(scope.session, application, person.id_number_index, scope.clock):
        raise PERSON_IN_PROGRESS(path=("input", "personId"))
