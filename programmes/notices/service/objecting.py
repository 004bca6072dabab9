"""Objections are taken in, and heard or not; who objected is sealed and shown to the investigator only."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

import orjson

from authz import guard
from authz.duties import Duty
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel import sealing
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.applications import service as applications
from programmes.applications.rules.transitions import Desk
from programmes.notices import repository
from programmes.notices.errors import (
    COMPLAINANT_ERASED,
    DATE_IN_FUTURE,
    NOT_ON_NOTICE,
    OBJECTION_NOT_HERE,
    POSTMARK_AFTER_RECEIPT,
)
from programmes.notices.model import Notice, Objection
from programmes.notices.rules.objections import (
    Channel,
    Complainant,
    ComplainantKind,
    Inadmissible,
    ObjectionState,
    Window,
    counting_day,
    find_inadmissibility,
)
from programmes.notices.words import INADMISSIBLE_NAMES, state_name

_TABLE, _COLUMN = "objection", "complainant_sealed"
_CONTENT_LIMIT = 5000
_NAME_LIMIT = 200
_REPLY_LIMIT = 2000


@dataclass(frozen=True)
class ObjectionEntry:
    """An objection as it came in. `postmarked_on` counts for letters."""

    channel: Channel
    content: str
    complainant: Complainant
    received_on: date
    postmarked_on: date | None = None


def subject_of(objection: Objection) -> Subject:
    """The objection as the gate sees it; parts taken in the case it is about count too."""
    about = (objection.application_id,)
    return Subject("objection", objection.id, objection.state, Desk.ORGANISER, about=about)


async def lock_objection(scope: WriteScope, objection_id: UUID, version: int, *states: ObjectionState) -> Objection:
    """The objection, locked and unchanged since it was seen; raises OBJECTION_NOT_HERE outside these states."""
    objection = await repository.lock_objection(scope.session, objection_id)
    if objection.state not in states:
        raise OBJECTION_NOT_HERE(state=state_name(objection.state))
    require_version(objection, version)
    return objection


async def lodge_objection(scope: WriteScope, notice_id: UUID, application_id: UUID, entry: ObjectionEntry) -> Objection:
    """Record an objection to a person on a notice. A late, anonymous or unsealed one is kept as not admitted, with its reply; any other holds that person."""
    notice = await repository.lock_notice(scope.session, notice_id)
    lodged = Subject("objection", desk=Desk.ORGANISER, about=(application_id,))
    await guard.require(scope, Permission.OBJECTION_LODGE, lodged)
    if not await repository.is_on_notice(scope.session, notice.id, application_id):
        raise NOT_ON_NOTICE(path=("input", "applicationId"))
    (case,) = await applications.lock_applications(scope, [application_id])
    objection = _objection(scope, notice, application_id, entry)
    scope.session.add(objection)
    if objection.state == ObjectionState.RECEIVED:
        await applications.count_objections(scope, case, 1)
    await scope.session.flush()
    await guard.note(scope, Duty.LODGED, subject_of(objection), by=Permission.OBJECTION_LODGE)
    after = {"state": objection.state, "because": objection.inadmissible_because}
    audit_act(scope, "objection:lodge", "objection", objection.id, after=after)
    await scope.session.flush()
    return objection


async def admit_objection(scope: WriteScope, objection_id: UUID, *, version: int) -> Objection:
    """Take a received objection up for investigation."""
    objection = await lock_objection(scope, objection_id, version, ObjectionState.RECEIVED)
    await guard.require(scope, Permission.OBJECTION_ADMIT, subject_of(objection))
    objection.investigator_id, objection.investigated_for = scope.actor.account_id, scope.actor.acting_for
    await guard.note(scope, Duty.INVESTIGATED, subject_of(objection), by=Permission.OBJECTION_ADMIT)
    return await change_state(scope, objection, ObjectionState.INVESTIGATING, "objection:admit")


async def reject_objection(
    scope: WriteScope, objection_id: UUID, *, version: int, because: Inadmissible, reply: str
) -> Objection:
    """Do not hear a received objection, with a reply to whoever raised it; it holds the person no longer."""
    objection = await lock_objection(scope, objection_id, version, ObjectionState.RECEIVED)
    await guard.require(scope, Permission.OBJECTION_REJECT, subject_of(objection))
    await guard.bind(scope, Permission.OBJECTION_REJECT, subject_of(objection))
    objection.inadmissible_because = because
    answer(scope, objection, reply)
    await release_person(scope, objection)
    return await change_state(scope, objection, ObjectionState.INADMISSIBLE, "objection:reject")


async def reveal_complainant(scope: WriteScope, objection_id: UUID, *, reason: str) -> Complainant:
    """Who raised an objection; leaves an audit entry with the reason. Only the investigator may know (D10)."""
    objection = await repository.lock_objection(scope.session, objection_id)
    await guard.require(scope, Permission.OBJECTION_REVEAL, subject_of(objection))
    sealed = objection.complainant_sealed
    if sealed is None:
        raise COMPLAINANT_ERASED()
    told = orjson.loads(sealing.unseal(scope.session, sealed, table=_TABLE, column=_COLUMN, row_id=objection.id))
    after = {"reason": clean_text(reason, path=("input", "reason"), limit=_NAME_LIMIT)}
    audit_act(scope, "objection:reveal", "objection", objection.id, after=after)
    return Complainant(ComplainantKind(told["kind"]), told["name"], told["contact"], told["sealed"])


async def change_state(scope: WriteScope, objection: Objection, state: ObjectionState, act: str) -> Objection:
    """The new state, with its audit entry."""
    before = objection.state
    objection.state = state
    touch(objection, scope.clock.now())
    audit_act(scope, act, "objection", objection.id, before={"state": before}, after={"state": state})
    await scope.session.flush()
    return objection


async def release_person(scope: WriteScope, objection: Objection) -> None:
    """The objection holds the person no longer."""
    (case,) = await applications.lock_applications(scope, [objection.application_id])
    await applications.count_objections(scope, case, -1)


def answer(scope: WriteScope, objection: Objection, reply: str) -> None:
    """What whoever objected is told."""
    objection.reply = clean_text(reply, path=("input", "reply"), limit=_REPLY_LIMIT)
    objection.replied_at = scope.clock.now()


def _objection(scope: WriteScope, notice: Notice, application_id: UUID, entry: ObjectionEntry) -> Objection:
    complainant = _cleaned(entry.complainant)
    _require_dates(scope, entry)
    window = Window(notice.starts_on, notice.ends_on)
    because = find_inadmissibility(
        complainant, window, counting_day(entry.channel, entry.received_on, entry.postmarked_on)
    )
    row_id, now = new_id(), scope.clock.now()
    clear = orjson.dumps(asdict(complainant))
    return Objection(
        tenant_id=scope.tenant_id,
        id=row_id,
        notice_id=notice.id,
        application_id=application_id,
        channel=entry.channel,
        content=clean_text(entry.content, path=("input", "content"), limit=_CONTENT_LIMIT),
        complainant_kind=complainant.kind,
        complainant_sealed=sealing.seal(scope.session, clear, table=_TABLE, column=_COLUMN, row_id=row_id),
        received_on=entry.received_on,
        postmarked_on=entry.postmarked_on,
        state=ObjectionState.INADMISSIBLE if because else ObjectionState.RECEIVED,
        inadmissible_because=because,
        reply=INADMISSIBLE_NAMES[because] if because else None,
        replied_at=now if because else None,
        version=1,
        created_at=now,
        updated_at=now,
    )


def _cleaned(complainant: Complainant) -> Complainant:
    name = clean_text(complainant.name, path=("input", "complainant", "name"), limit=_NAME_LIMIT, optional=True)
    contact = clean_text(
        complainant.contact, path=("input", "complainant", "contact"), limit=_NAME_LIMIT, optional=True
    )
    return Complainant(complainant.kind, name, contact, complainant.sealed)


def _require_dates(scope: WriteScope, entry: ObjectionEntry) -> None:
    if entry.received_on > scope.clock.today():
        raise DATE_IN_FUTURE(path=("input", "receivedOn"))
    if entry.postmarked_on is not None and entry.postmarked_on > entry.received_on:
        raise POSTMARK_AFTER_RECEIPT(path=("input", "postmarkedOn"))
