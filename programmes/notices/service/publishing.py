"""A deliberated list is shown to everybody for the edition's working days; then it is over, and stays as it was."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from authz import guard
from authz.duties import Duty
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel import calendar, schedule
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Act, Desk, State, previous_end
from programmes.catalogue.queries import rulebook_of
from programmes.catalogue.rules.rulebook import NoticeRule, Rulebook
from programmes.notices import repository
from programmes.notices.errors import (
    NO_NOTICE_STAGE,
    NOT_DELIBERATED,
    NOTICE_ENDED,
    NOTICE_IS_DRAFT,
    NOTICE_LENGTH_UNFILLED,
    NOTICE_NOT_DRAFT,
    NOTICE_RUNNING,
    SHOWS_PERSONAL_DATA,
    STARTS_IN_PAST,
)
from programmes.notices.events import NOTICE_DUE, announce_notice
from programmes.notices.model import Notice, NoticeItem
from programmes.notices.rules.display import DisplayLine, hides_number, hides_personal_number
from programmes.notices.rules.objections import has_ended
from programmes.notices.service.editions import lock_cases, own_edition
from programmes.people.queries import require_not_withdrawn
from programmes.people.rules import Purpose

_TITLE_LIMIT = 200
_CONTACT_LIMIT = 300
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class NoticeEntry:
    """What a notice says beside its list: heading, first day, and where objections are taken."""

    title: str
    starts_on: date
    contact: str


async def draft_notice(
    scope: WriteScope, edition_id: UUID, entry: NoticeEntry, application_ids: Sequence[UUID]
) -> Notice:
    """Set up a notice of deliberated cases, in the order given, for another person to publish (D16). Raises NOT_DELIBERATED with the article."""
    edition = await own_edition(scope, edition_id)
    await guard.require(
        scope, Permission.NOTICE_DRAFT, Subject("notice", desk=Desk.ORGANISER, about=tuple(application_ids))
    )
    rulebook = await rulebook_of(scope.session, edition.id)
    _, length = _notice_rule(rulebook)
    _require_ahead(scope, entry.starts_on)
    cases = await lock_cases(scope, edition_id, application_ids)
    await _require_deliberated(scope, cases, rulebook)
    notice = _notice(scope, edition.id, entry, length)
    notice.case_ids = [str(case.id) for case in cases]
    scope.session.add(notice)
    await scope.session.flush()
    await guard.note(scope, Duty.DRAFTED_NOTICE, _subject(notice), by=Permission.NOTICE_DRAFT)
    audit_act(scope, "notice:draft", "notice", notice.id, after={"cases": notice.case_ids})
    await scope.session.flush()
    return notice


async def publish_notice(scope: WriteScope, notice_id: UUID, *, version: int) -> Notice:
    """Publish what another person has drafted: the list is frozen and the last day reckoned. Raises NOTICE_NOT_DRAFT, NOT_DELIBERATED."""
    notice = await repository.lock_notice(scope.session, notice_id)
    if notice.state != "draft":
        raise NOTICE_NOT_DRAFT()
    await guard.require(scope, Permission.NOTICE_PUBLISH, _subject(notice))
    require_version(notice, version)
    rulebook = await rulebook_of(scope.session, notice.edition_id)
    rule, _ = _notice_rule(rulebook)
    _require_ahead(scope, notice.starts_on)
    cases = await lock_cases(scope, notice.edition_id, [UUID(case_id) for case_id in notice.case_ids])
    await _require_deliberated(scope, cases, rulebook)
    await _freeze_list(scope, notice, cases, rule)
    await guard.note(scope, Duty.PUBLISHED, _subject(notice), by=Permission.NOTICE_PUBLISH)
    notice.state = "published"
    touch(notice, scope.clock.now())
    await applications.move_many(scope, cases, Act.PUBLISH, audited=False)
    await schedule.remember_due(scope.session, NOTICE_DUE, notice.id, on=notice.ends_on + _DAY)
    after = {"cases": notice.case_ids, "ends_on": notice.ends_on.isoformat()}
    audit_act(scope, "notice:publish", "notice", notice.id, before={"state": "draft"}, after=after)
    await scope.session.flush()
    announce_notice(scope.session, notice, "publish")
    return notice


async def end_notice(scope: WriteScope, notice_id: UUID, *, version: int) -> Notice:
    """Close a notice whose last day is over; whoever was not removed meanwhile is through it. Raises NOTICE_RUNNING before."""
    notice = await _admit_end(scope, notice_id)
    require_version(notice, version)
    return await _end(scope, notice)


async def end_due_notice(scope: WriteScope, notice_id: UUID) -> None:
    """The remembered day has come: close the notice unless somebody did already; if its last day is not over yet, remember it again."""
    notice = await repository.lock_notice(scope.session, notice_id)
    if notice.state != "published":
        return
    if has_ended(notice.ends_on, scope.clock.today()):
        await _end(scope, await _admit_end(scope, notice_id))
    else:
        await schedule.remember_due(scope.session, NOTICE_DUE, notice.id, on=notice.ends_on + _DAY)


async def _admit_end(scope: WriteScope, notice_id: UUID) -> Notice:
    """The notice, held, that the actor may close."""
    notice = await repository.lock_notice(scope.session, notice_id)
    if notice.state != "published":
        raise (NOTICE_IS_DRAFT if notice.state == "draft" else NOTICE_ENDED)()
    await guard.require(scope, Permission.NOTICE_END, Subject("notice", notice.id, notice.state, Desk.ORGANISER))
    return notice


async def _end(scope: WriteScope, notice: Notice) -> Notice:
    if not has_ended(notice.ends_on, scope.clock.today()):
        raise NOTICE_RUNNING(ends_on=notice.ends_on.isoformat())
    items = await repository.list_items(scope.session, notice.id)
    cases = await applications.lock_applications(scope, [item.application_id for item in items])
    remaining = [case for case in cases if case.state == State.IN_PUBLIC_NOTICE]
    await applications.move_many(scope, remaining, Act.END_NOTICE, audited=False)
    notice.state = "ended"
    touch(notice, scope.clock.now())
    await schedule.forget_due(scope.session, NOTICE_DUE, notice.id)
    after = {"state": "ended", "through": len(remaining)}
    audit_act(scope, "notice:end", "notice", notice.id, before={"state": "published"}, after=after)
    await scope.session.flush()
    announce_notice(scope.session, notice, "end")
    return notice


def _subject(notice: Notice) -> Subject:
    about = tuple(UUID(case_id) for case_id in notice.case_ids)
    return Subject("notice", notice.id, notice.state, Desk.ORGANISER, about=about)


def _require_ahead(scope: WriteScope, starts_on: date) -> None:
    if starts_on < scope.clock.today():
        raise STARTS_IN_PAST(path=("input", "startsOn"))


def _notice_rule(rulebook: Rulebook) -> tuple[NoticeRule, int]:
    """The edition's rule of notices and its length in working days."""
    rule = rulebook.notice
    if rule is None or not rulebook.has_stage("public_notice"):
        raise NO_NOTICE_STAGE()
    if rule.working_days is None:
        raise NOTICE_LENGTH_UNFILLED(rule=rule.cite.citation)
    return rule, rule.working_days


async def _require_deliberated(scope: WriteScope, cases: Sequence[Application], rulebook: Rulebook) -> None:
    """Every case has been through the stage before the notice."""
    codes = [stage.code for stage in rulebook.stages]
    before = previous_end("public_notice", codes)
    early = [case.id for case in cases if case.state != before]
    if early:
        stages = {stage.code: stage for stage in rulebook.stages}
        decides = stages.get("party_group") or stages["public_notice"]
        names = await repository.names_of(scope.session, early)
        raise NOT_DELIBERATED(names=names, body=decides.body or decides.name, rule=decides.cite.citation)


def _notice(scope: WriteScope, edition_id: UUID, entry: NoticeEntry, length: int) -> Notice:
    title = clean_text(entry.title, path=("input", "title"), limit=_TITLE_LIMIT)
    if hides_personal_number(title):
        raise SHOWS_PERSONAL_DATA(path=("input", "title"))
    now = scope.clock.now()
    return Notice(
        tenant_id=scope.tenant_id,
        id=new_id(),
        edition_id=edition_id,
        title=title,
        working_days=length,
        starts_on=entry.starts_on,
        ends_on=calendar.working_days_end(entry.starts_on, length),
        contact=clean_text(entry.contact, path=("input", "contact"), limit=_CONTACT_LIMIT),
        state="draft",
        version=1,
        created_at=now,
        updated_at=now,
    )


async def _freeze_list(scope: WriteScope, notice: Notice, cases: Sequence[Application], rule: NoticeRule) -> None:
    """Copy what the public may see; later changes of a file do not reach it."""
    lines = await repository.list_display(scope.session, [case.id for case in cases])
    for position, case in enumerate(cases, start=1):
        line: DisplayLine = lines[case.id]
        await require_not_withdrawn(scope.session, case.person_id, Purpose.NOTICE)
        if hides_number(line):
            raise SHOWS_PERSONAL_DATA(path=("input", "applicationIds", str(position - 1)), rule=rule.cite.citation)
        scope.session.add(
            NoticeItem(
                tenant_id=scope.tenant_id,
                id=new_id(),
                notice_id=notice.id,
                application_id=case.id,
                position=position,
                **asdict(line),
            ),
        )
