"""The applying desk: draft, material, letters, submission."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version
from programmes.applications import repository
from programmes.applications.errors import (
    BAD_DATE,
    BAD_HASH,
    CASE_EXISTS,
    CONSENT_MISSING,
    FORCE_UNKNOWN,
    PERSON_IN_PROGRESS,
)
from programmes.applications.events import announce_move
from programmes.applications.model import Application, Evidence, PeerLetter
from programmes.applications.rules.completeness import require_complete, require_open
from programmes.applications.rules.transitions import CLOSED, Act, Desk, State
from programmes.applications.service.moving import admit, carry_out, move, remember
from programmes.applications.service.routing import entry_desk
from programmes.catalogue.queries import get_edition, rulebook_of
from programmes.people.queries import get_person

_SHA256_DIGITS = 64
_DEEDS_LIMIT = 5000


@dataclass(frozen=True)
class SourceTitle:
    """The title a case rests on, when a titled craftsman goes for the next rung."""

    title_id: UUID
    held: Sequence[dict[str, Any]]
    route: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class EvidenceInput:
    """A piece of material as a clerk enters it."""

    force: str
    item: int
    title: str
    issuer: str | None = None
    issued_on: date | None = None
    file_sha256: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class LetterInput:
    """A peer's letter as a clerk enters it."""

    expert_name: str
    expert_unit: str
    expert_post: str
    profession: str
    senior_by: str
    content: str
    signed_on: date


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
    entry = _Entry(edition_id, person_id, deeds, consent_on, source)
    application = await _new_case(scope, entry)
    await guard.require(scope, Permission.CASE_CREATE, Subject(kind="case", id=None, desk=application.desk))
    application.created_by = scope.actor.account_id
    return await _begin(scope, application, audited=True)


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
    await _begin(scope, application, audited=False)
    await _claim(scope, application)
    return application


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
    require_open(edition.opens_on, edition.closes_on, scope.clock.today(), rulebook.stages[0].cite.citation)
    person = await get_person(scope.session, entry.person_id)
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
        consent_on=_past(scope, entry.consent_on, "consentOn"),
        source_title_id=source.title_id if source else None,
        titles_held=list(source.held) if source else [],
        route_so_far=list(source.route) if source else [],
        open_objections=0,
        version=1,
        created_at=now,
        updated_at=now,
    )


async def _begin(scope: WriteScope, application: Application, *, audited: bool) -> Application:
    if (
        await repository.find_live_case(scope.session, application.edition_id, application.person_id, CLOSED)
        is not None
    ):
        raise CASE_EXISTS(path=("input", "personId"))
    if application.desk == Desk.RECOMMENDING_UNIT:
        if application.consent_on is None:
            raise CONSENT_MISSING(path=("input", "consentOn"))
        await _claim(scope, application)
    scope.session.add(application)
    await scope.session.flush()
    remember(scope, application, Act.CREATE, None)
    if audited:
        audit_act(scope, "case:create", "application", application.id, after={"state": application.state})
    await scope.session.flush()
    await announce_move(scope.session, application, Act.CREATE, None)
    return application


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
        application.consent_on = _past(scope, consent_on, "consentOn")
    if exception_reason is not None:
        application.exception_reason = clean_text(exception_reason, path=("input", "exceptionReason"), limit=500)
    if exception_approver is not None:
        application.exception_approver = clean_text(exception_approver, path=("input", "exceptionApprover"), limit=50)
    return await carry_out(scope, application, transition)


async def add_evidence(scope: WriteScope, application_id: UUID, entry: EvidenceInput) -> Evidence:
    """Add a piece of material to one item of the five forces."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.REVISE)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    if rulebook.criteria and all(
        (criterion.force, criterion.item) != (entry.force, entry.item) for criterion in rulebook.criteria
    ):
        raise FORCE_UNKNOWN(path=("input", "force"), force=entry.force, item=entry.item)
    if entry.file_sha256 is not None and not _is_sha256(entry.file_sha256):
        raise BAD_HASH(path=("input", "fileSha256"))
    now = scope.clock.now()
    evidence = Evidence(
        tenant_id=scope.tenant_id,
        id=new_id(),
        application_id=application.id,
        force=entry.force,
        item=entry.item,
        title=clean_text(entry.title, path=("input", "title"), limit=200),
        issuer=entry.issuer and clean_text(entry.issuer, path=("input", "issuer"), limit=100),
        issued_on=_past(scope, entry.issued_on, "issuedOn"),
        file_sha256=entry.file_sha256,
        note=entry.note and clean_text(entry.note, path=("input", "note"), limit=500),
        created_at=now,
        updated_at=now,
    )
    scope.session.add(evidence)
    await carry_out(scope, application, transition, reason=evidence.title)
    return evidence


async def remove_evidence(scope: WriteScope, evidence_id: UUID) -> Application:
    """Take a piece of material out of a draft."""
    return await _remove(scope, await scope.session.get(Evidence, (scope.tenant_id, evidence_id)))


async def add_letter(scope: WriteScope, application_id: UUID, entry: LetterInput) -> PeerLetter:
    """Add a peer's letter; whether the letters suffice is judged when the case is recommended."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.REVISE)
    now = scope.clock.now()
    letter = PeerLetter(
        tenant_id=scope.tenant_id,
        id=new_id(),
        application_id=application.id,
        expert_name=clean_text(entry.expert_name, path=("input", "expertName"), limit=50),
        expert_unit=clean_text(entry.expert_unit, path=("input", "expertUnit"), limit=100),
        expert_post=clean_text(entry.expert_post, path=("input", "expertPost"), limit=60),
        profession=clean_text(entry.profession, path=("input", "profession"), limit=60),
        senior_by=clean_text(entry.senior_by, path=("input", "seniorBy"), limit=200),
        content=clean_text(entry.content, path=("input", "content"), limit=2000),
        signed_on=_past(scope, entry.signed_on, "signedOn"),
        created_at=now,
        updated_at=now,
    )
    scope.session.add(letter)
    await carry_out(scope, application, transition, reason=f"{letter.expert_name}（{letter.expert_unit}）")
    return letter


async def remove_letter(scope: WriteScope, letter_id: UUID) -> Application:
    """Take a peer's letter out of a draft."""
    return await _remove(scope, await scope.session.get(PeerLetter, (scope.tenant_id, letter_id)))


async def _remove(scope: WriteScope, row: Evidence | PeerLetter | None) -> Application:
    if row is None:
        raise NOT_FOUND()
    application = await repository.lock_application(scope.session, row.application_id)
    transition = await admit(scope, application, Act.REVISE)
    await scope.session.delete(row)
    return await carry_out(scope, application, transition)


async def submit_application(scope: WriteScope, application_id: UUID, *, version: int) -> Application:
    """Hand the draft to the unit's own union; from here on the person has one route in this edition."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.SUBMIT)
    require_version(application, version)
    edition = await get_edition(scope.session, application.edition_id)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    require_open(edition.opens_on, edition.closes_on, scope.clock.today(), rulebook.stages[0].cite.citation)
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
    """The applicant steps back while that is still possible."""
    application = await repository.lock_application(scope.session, application_id)
    require_version(application, version)
    why = clean_text(reason, path=("input", "reason"), limit=500)
    moved = await move(scope, application, Act.WITHDRAW, reason=why)
    await repository.release_claim(scope.session, application)
    return moved


async def _claim(scope: WriteScope, application: Application) -> None:
    person = await get_person(scope.session, application.person_id)
    if not await repository.claim_person(scope.session, application, person.id_number_index, scope.clock):
        raise PERSON_IN_PROGRESS(path=("input", "personId"))


def _past(scope: WriteScope, day: date | None, field: str) -> date | None:
    if day is not None and day > scope.clock.today():
        raise BAD_DATE(path=("input", field))
    return day


def _is_sha256(text: str) -> bool:
    return len(text) == _SHA256_DIGITS and all(character in "0123456789abcdef" for character in text)
