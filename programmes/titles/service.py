"""Granting titles with their certificates, taking them back, and recording those that came down from above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import ReadScope, WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_seen, require_version, touch
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Act
from programmes.applications.service import lock_applications, move, move_many
from programmes.catalogue.queries import get_edition, rulebook_of
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.cultivation.queries import find_announcement, find_assessment
from programmes.cultivation.rules import Ground, earns_certificate
from programmes.titles import repository
from programmes.titles.errors import (
    CERTIFICATE_NOT_EARNED,
    NOT_OF_THE_EDITION,
    REVOCATION_GROUND,
    TITLE_NOT_IN_FORCE,
)
from programmes.titles.events import announce_grant, announce_honour, announce_revocation
from programmes.titles.model import Certificate, Honour, Revocation, Title
from programmes.titles.queries import TimelineEntry, list_timeline
from programmes.titles.rules import (
    CertificateState,
    TitleState,
    certificate_number,
    is_ground_known,
    yearly_series,
)

_NUMBER_LIMIT = 100
_NOTE_LIMIT = 4000


@dataclass(frozen=True)
class HonourNews:
    """A title that another union granted (or took back, then `state` is revoked), as its letter tells it."""

    person_id: UUID
    case_id: UUID
    granted_by_id: UUID
    title_code: str
    name: str
    granted_on: date
    state: TitleState = TitleState.IN_FORCE


async def certify(scope: WriteScope, application_id: UUID, *, document_no: str | None = None, version: int) -> Title:
    """Issue the certificate after cultivation, and with it the title; without a document of its own, the announcement's counts.

    Raises ACT_NOT_POSSIBLE where the assessment was not passed, CERTIFICATE_NOT_EARNED where it lacks one of its two parts.
    """
    application = (await lock_applications(scope, [application_id]))[0]
    seen = application.version
    rulebook = await rulebook_of(scope.session, application.edition_id)
    number = await _document_no(scope, application, document_no)
    await move(scope, application, Act.CERTIFY, document_no=number, audited=False)
    require_seen(seen, version)
    assessment = await find_assessment(scope.session, application.id)
    if assessment is None or not earns_certificate(
        tasks_completed=assessment.tasks_completed, qualified=assessment.qualified
    ):
        cite = rulebook.cultivation.cite if rulebook.cultivation else rulebook.certificate.cite
        raise CERTIFICATE_NOT_EARNED(rule=cite.citation)
    title = await _grant(scope, application, rulebook, number)
    after = {"state": application.state, "title_id": str(title.id), "document_no": number}
    audit_act(scope, Permission.CASE_CERTIFY, "application", application.id, after=after)
    return title


async def name_directly(
    scope: WriteScope, edition_id: UUID, application_ids: Sequence[UUID], *, document_no: str
) -> list[Title]:
    """Name the announced people of an edition without cultivation: all on the list, or none. Raises NOT_OF_THE_EDITION."""
    applications = await lock_applications(scope, list(dict.fromkeys(application_ids)))
    if any(application.edition_id != edition_id for application in applications):
        raise NOT_OF_THE_EDITION(path=("input", "applicationIds"))
    rulebook = await rulebook_of(scope.session, edition_id)
    number = clean_text(document_no, path=("input", "documentNo"), limit=_NUMBER_LIMIT)
    await move_many(scope, applications, Act.NAME, document_no=number, audited=False)
    titles = [await _grant(scope, application, rulebook, number) for application in applications]
    granted = {"cases": [str(title.application_id) for title in titles], "titles": [str(title.id) for title in titles]}
    audit_act(scope, Permission.CASE_NAME, "edition", edition_id, after={**granted, "document_no": number})
    return titles


async def revoke(
    scope: WriteScope,
    title_id: UUID,
    *,
    ground: Ground,
    resolution_no: str,
    note: str | None = None,
    version: int,
) -> Title:
    """Take a title back by the organiser's resolution: the certificate is withdrawn; money and the upper unions follow by events.

    Raises TITLE_NOT_IN_FORCE, or REVOCATION_GROUND with the article where the document does not know the ground.
    """
    title = await repository.lock_title(scope.session, title_id)
    application = (await lock_applications(scope, [title.application_id]))[0]
    await guard.require(scope, Permission.TITLE_REVOKE, _subject(title, application))
    require_version(title, version)
    if title.state != TitleState.IN_FORCE:
        raise TITLE_NOT_IN_FORCE()
    rulebook = await rulebook_of(scope.session, title.edition_id)
    if not is_ground_known(ground.value, rulebook.revocation.grounds):
        raise REVOCATION_GROUND(path=("input", "ground"), rule=rulebook.revocation.cite.citation)
    number = clean_text(resolution_no, path=("input", "resolutionNo"), limit=_NUMBER_LIMIT)
    why = clean_text(note, path=("input", "note"), limit=_NOTE_LIMIT) if note else None
    await move(scope, application, Act.REVOKE, reason=ground.value, document_no=number, audited=False)
    revocation = await _take_back(scope, title, (ground, number, why))
    await announce_revocation(scope.session, title, revocation)
    return title


async def record_honour(scope: WriteScope, news: HonourNews) -> Honour:
    """Enter a title that an upper union granted to a person of this tenant, or that it took it back; once, however often the news comes."""
    subject = Subject(kind="honour", id=None, stage=None)
    await guard.require(scope, Permission.HONOUR_RECORD, subject)
    now = scope.clock.now()
    fresh = await repository.insert_honour(
        scope.session,
        {
            "tenant_id": scope.tenant_id,
            "id": new_id(),
            "person_id": news.person_id,
            "case_id": news.case_id,
            "granted_by_id": news.granted_by_id,
            "title_code": news.title_code,
            "name": news.name,
            "granted_on": news.granted_on,
            "state": news.state.value,
            "version": 1,
            "created_at": now,
            "updated_at": now,
        },
    )
    honour = await repository.find_honour(scope.session, news.person_id, news.case_id)
    if honour is None:
        message = f"the honour of case {news.case_id} is neither new nor there"
        raise LookupError(message)
    if not fresh and honour.state == news.state:
        return honour
    if not fresh:
        honour.state = news.state
        touch(honour, now)
    audit_act(scope, "honour:record", "honour", honour.id, after={"state": honour.state, "title": honour.title_code})
    await scope.session.flush()
    await announce_honour(scope.session, honour)
    return honour


def _subject(title: Title, application: Application) -> Subject:
    """The title as the gate sees it; that it is still in force is checked afterwards, with a reason of its own."""
    return Subject(
        kind="title", id=title.id, stage=TitleState.IN_FORCE, desk=application.desk, about=(title.application_id,)
    )


async def read_timeline(scope: ReadScope, person_id: UUID) -> list[TimelineEntry]:
    """The course of a person's honours, for whoever may read titles here."""
    await guard.require(scope, Permission.TITLE_READ, Subject(kind="title", stage=TitleState.IN_FORCE))
    return await list_timeline(scope.session, person_id)


async def _grant(scope: WriteScope, application: Application, rulebook: Rulebook, document_no: str) -> Title:
    title = await _new_title(scope, application, rulebook, document_no)
    scope.session.add(title)
    await scope.session.flush()
    scope.session.add(await _new_certificate(scope, title, rulebook))
    await scope.session.flush()
    await announce_grant(scope.session, title)
    return title


async def _new_title(scope: WriteScope, application: Application, rulebook: Rulebook, document_no: str) -> Title:
    edition = await get_edition(scope.session, application.edition_id)
    now = scope.clock.now()
    return Title(
        tenant_id=scope.tenant_id,
        id=new_id(),
        programme_id=edition.programme_id,
        edition_id=application.edition_id,
        application_id=application.id,
        case_id=application.case_id,
        person_id=application.person_id,
        title_code=rulebook.title_code,
        name=rulebook.title_name,
        granted_on=scope.clock.today(),
        naming_document_no=document_no,
        state=TitleState.IN_FORCE,
        created_at=now,
        updated_at=now,
    )


async def _new_certificate(scope: WriteScope, title: Title, rulebook: Rulebook) -> Certificate:
    series = yearly_series(rulebook.certificate.series, title.granted_on.year)
    number = await repository.next_number(scope.session, series)
    now = scope.clock.now()
    return Certificate(
        tenant_id=scope.tenant_id,
        id=new_id(),
        title_id=title.id,
        number=certificate_number(series, number),
        awarding_body=rulebook.certificate.awarding_body,
        issued_on=title.granted_on,
        state=CertificateState.ISSUED,
        created_at=now,
        updated_at=now,
    )


async def _document_no(scope: WriteScope, application: Application, given: str | None) -> str:
    """The document the title is born from: the one given, or the announcement of the case."""
    announcement = await find_announcement(scope.session, application.id)
    announced = (announcement[1] if announcement else None) or ""
    return clean_text(given or announced, path=("input", "documentNo"), limit=_NUMBER_LIMIT)


async def _take_back(scope: WriteScope, title: Title, why: tuple[Ground, str, str | None]) -> Revocation:
    now, today = scope.clock.now(), scope.clock.today()
    ground, resolution_no, note = why
    certificate = await repository.lock_certificate(scope.session, title.id)
    certificate.state = CertificateState.WITHDRAWN
    certificate.withdrawn_on = today
    touch(certificate, now)
    title.state = TitleState.REVOKED
    touch(title, now)
    revocation = Revocation(
        tenant_id=scope.tenant_id,
        id=new_id(),
        title_id=title.id,
        ground=ground.value,
        resolution_no=resolution_no,
        note=note,
        revoked_on=today,
        recorded_by=scope.actor.account_id,
        recorded_at=now,
    )
    scope.session.add(revocation)
    after = {"state": title.state, "ground": ground.value, "resolution_no": resolution_no}
    audit_act(scope, "title:revoke", "title", title.id, before={"state": TitleState.IN_FORCE}, after=after)
    await scope.session.flush()
    return revocation
