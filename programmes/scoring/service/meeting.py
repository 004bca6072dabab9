"""The review meeting: called with its members and quorum, concluded with minutes and the proposed list."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Act, Desk
from programmes.catalogue.queries import rulebook_of
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.scoring import repository
from programmes.scoring.errors import MEETING_CONCLUDED, MEETING_IN_FUTURE, NO_MEETING_STAGE, OTHER_EDITION, refuse
from programmes.scoring.model import Meeting, MeetingItem
from programmes.scoring.rules.meetings import (
    Standing,
    Verdict,
    find_call_fault,
    find_list_fault,
    find_presence_fault,
)
from programmes.scoring.service.editions import own_edition

_NAME_LIMIT = 100
_MINUTES_LIMIT = 20_000
_REASON_LIMIT = 500

MeetingVerdict = Verdict[UUID]


@dataclass(frozen=True)
class Member:
    """Somebody called to a meeting; `outside` is whether he comes from outside the organiser."""

    name: str
    unit: str
    outside: bool = True


async def open_meeting(
    scope: WriteScope, edition_id: UUID, *, name: str, held_on: date, members: Sequence[Member], quorum: int
) -> Meeting:
    """Call a review meeting of an edition of this union."""
    edition = await own_edition(scope, edition_id)
    await guard.require(scope, Permission.MEETING_OPEN, Subject("meeting", desk=Desk.ORGANISER))
    if not (await rulebook_of(scope.session, edition.id)).has_stage("review_meeting"):
        raise NO_MEETING_STAGE()
    named = [
        Member(_clean(member.name, "members"), _clean(member.unit, "members"), member.outside) for member in members
    ]
    refuse(find_call_fault([member.name for member in named], quorum))
    now = scope.clock.now()
    meeting = Meeting(
        tenant_id=scope.tenant_id,
        id=new_id(),
        edition_id=edition.id,
        name=_clean(name, "name"),
        held_on=held_on,
        members=[{**asdict(member), "present": None} for member in named],
        quorum=quorum,
        minutes="",
        state="open",
        version=1,
        created_at=now,
        updated_at=now,
    )
    scope.session.add(meeting)
    audit_act(scope, "meeting:open", "meeting", meeting.id, after={"edition": str(edition.id), "quorum": quorum})
    await scope.session.flush()
    return meeting


async def conclude_meeting(
    scope: WriteScope,
    meeting_id: UUID,
    *,
    version: int,
    present: Sequence[str],
    minutes: str,
    verdicts: Sequence[MeetingVerdict],
) -> Meeting:
    """Record what the meeting decided; the proposed and the others move on. Raises NOT_QUORATE, DEPARTURE_WITHOUT_REASON and the like."""
    meeting = await repository.lock_meeting(scope.session, meeting_id)
    if meeting.state != "open":
        raise MEETING_CONCLUDED()
    subject = Subject("meeting", id=meeting.id, stage=meeting.state, desk=Desk.ORGANISER)
    await guard.require(scope, Permission.MEETING_CONCLUDE, subject)
    require_version(meeting, version)
    if meeting.held_on > scope.clock.today():
        raise MEETING_IN_FUTURE()
    rulebook = await rulebook_of(scope.session, meeting.edition_id)
    _require_presence(meeting, present, rulebook)
    verdicts = [_cleaned(verdict) for verdict in verdicts]
    cases = await applications.lock_applications(scope, [verdict.case for verdict in verdicts])
    await _require_list(scope, meeting, cases, verdicts, rulebook)
    _write(scope, meeting, present, minutes, verdicts)
    for case, verdict in zip(cases, verdicts, strict=True):
        act = Act.PROPOSE if verdict.proposed else Act.NOT_PROPOSE
        await applications.move(scope, case, act, reason=verdict.reason, audited=False)
    after = {"state": "concluded", "present": list(present), "proposed": _proposed(verdicts)}
    audit_act(scope, "meeting:conclude", "meeting", meeting.id, before={"state": "open"}, after=after)
    await scope.session.flush()
    return meeting


def _require_presence(meeting: Meeting, present: Sequence[str], rulebook: Rulebook) -> None:
    members = [member["name"] for member in meeting.members]
    rule = next((stage.cite.citation for stage in rulebook.stages if stage.code == "review_meeting"), None)
    refuse(find_presence_fault(members, present, meeting.quorum), rule=rule)


async def _require_list(
    scope: WriteScope,
    meeting: Meeting,
    cases: Sequence[Application],
    verdicts: Sequence[MeetingVerdict],
    rulebook: Rulebook,
) -> None:
    """The list speaks of cases of this edition only, and stands to their scores as the rules ask."""
    names = await repository.names_of(scope.session, [case.id for case in cases])
    for case in cases:
        if case.edition_id != meeting.edition_id:
            raise OTHER_EDITION(path=("input", "items"), name=names[case.id])
    summaries = await repository.list_summaries(scope.session, meeting.edition_id)
    standings = {row.application_id: Standing(row.rank, row.score) for row in summaries}
    scoring = rulebook.scoring
    pass_score = scoring.pass_score if scoring else None
    refuse(find_list_fault(verdicts, standings, names, pass_score), rule=scoring.cite.citation if scoring else None)


def _write(
    scope: WriteScope, meeting: Meeting, present: Sequence[str], minutes: str, verdicts: Sequence[MeetingVerdict]
) -> None:
    """The meeting's own record: who was there, the minutes, and its word on each case."""
    meeting.members = [{**member, "present": member["name"] in present} for member in meeting.members]
    meeting.minutes = clean_text(minutes, path=("input", "minutes"), limit=_MINUTES_LIMIT)
    meeting.state = "concluded"
    touch(meeting, scope.clock.now())
    scope.session.add_all(
        MeetingItem(
            tenant_id=scope.tenant_id,
            id=new_id(),
            meeting_id=meeting.id,
            application_id=verdict.case,
            outcome="proposed" if verdict.proposed else "not_proposed",
            position=verdict.position,
            reason=verdict.reason,
        )
        for verdict in verdicts
    )


def _cleaned(verdict: MeetingVerdict) -> MeetingVerdict:
    reason = clean_text(verdict.reason or "", path=("input", "items"), limit=_REASON_LIMIT, optional=True)
    return Verdict(verdict.case, verdict.proposed, verdict.position, reason or None)


def _proposed(verdicts: Sequence[MeetingVerdict]) -> list[str]:
    listed = [verdict for verdict in verdicts if verdict.proposed]
    return [str(verdict.case) for verdict in sorted(listed, key=lambda verdict: verdict.position or 0)]


def _clean(value: str, field: str) -> str:
    return clean_text(value, path=("input", field), limit=_NAME_LIMIT)
