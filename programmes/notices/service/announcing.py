"""The formal document that makes a list final; whoever is held by an objection waits, the others need not."""

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
from programmes.applications.rules.transitions import Act, Desk, State
from programmes.catalogue.queries import rulebook_of
from programmes.notices import repository
from programmes.notices.errors import DATE_IN_FUTURE, DOCUMENT_NUMBER_USED, HELD_BY_OBJECTION, NOTICE_NOT_DONE
from programmes.notices.model import Announcement, AnnouncementItem
from programmes.notices.service.editions import lock_cases, own_edition

_NUMBER_LIMIT = 60
_TITLE_LIMIT = 200


@dataclass(frozen=True)
class AnnouncementEntry:
    """The document: its number, heading and date."""

    document_no: str
    title: str
    announced_on: date


async def announce(
    scope: WriteScope, edition_id: UUID, entry: AnnouncementEntry, application_ids: Sequence[UUID]
) -> Announcement:
    """Announce these cases by one document; HELD_BY_OBJECTION and NOTICE_NOT_DONE name whom to leave out."""
    edition = await own_edition(scope, edition_id)
    subject = Subject("announcement", stage=edition.state, desk=Desk.ORGANISER)
    await guard.require(scope, Permission.ANNOUNCEMENT_PUBLISH, subject)
    number = clean_text(entry.document_no, path=("input", "documentNo"), limit=_NUMBER_LIMIT)
    if entry.announced_on > scope.clock.today():
        raise DATE_IN_FUTURE(path=("input", "announcedOn"))
    if await repository.is_document_number_used(scope.session, number):
        raise DOCUMENT_NUMBER_USED(path=("input", "documentNo"), number=number)
    cases = await lock_cases(scope, edition_id, application_ids)
    await _require_free(scope, cases)
    announcement = Announcement(
        tenant_id=scope.tenant_id,
        id=new_id(),
        edition_id=edition.id,
        document_no=number,
        title=clean_text(entry.title, path=("input", "title"), limit=_TITLE_LIMIT),
        announced_on=entry.announced_on,
        recorded_by=scope.actor.account_id,
        recorded_at=scope.clock.now(),
    )
    scope.session.add(announcement)
    await scope.session.flush()
    scope.session.add_all(_item(scope, announcement, case) for case in cases)
    await applications.move_many(scope, cases, Act.ANNOUNCE, document_no=number, audited=False)
    after = {"document_no": number, "cases": [str(case.id) for case in cases]}
    audit_act(scope, "announcement:publish", "announcement", announcement.id, after=after)
    await scope.session.flush()
    return announcement


async def _require_free(scope: WriteScope, cases: Sequence[Application]) -> None:
    """The notice of each is over, and no objection to any of them is open."""
    rulebook = await rulebook_of(scope.session, cases[0].edition_id)
    notice = next((stage.cite.citation for stage in rulebook.stages if stage.code == "public_notice"), None)
    waiting = [case.id for case in cases if notice is not None and case.state != State.NOTICE_DONE]
    if waiting:
        raise NOTICE_NOT_DONE(names=await repository.names_of(scope.session, waiting), rule=notice)
    held = [case.id for case in cases if case.open_objections > 0]
    if held:
        raise HELD_BY_OBJECTION(names=await repository.names_of(scope.session, held), rule=notice)


def _item(scope: WriteScope, announcement: Announcement, case: Application) -> AnnouncementItem:
    return AnnouncementItem(
        tenant_id=scope.tenant_id,
        id=new_id(),
        announcement_id=announcement.id,
        application_id=case.id,
    )
