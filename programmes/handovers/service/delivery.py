"""What the courier brings about a passing, on either side. Every function may be called twice with one letter and then does nothing the second time."""

from datetime import date
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope
from authz.subject import Subject
from kernel.errors import NOT_FOUND, Failure
from kernel.ids import new_id
from kernel.letters import Letter
from kernel.sealing import seal
from programmes.applications import service as applications
from programmes.applications.service.dossier import digest
from programmes.handovers.errors import SNAPSHOT_BROKEN
from programmes.handovers.events import announce_passing
from programmes.handovers.model import Handover
from programmes.handovers.repository import find_by_correlation, get_of_sender
from programmes.handovers.rules import Direction, HandoverState, Kind
from programmes.handovers.service.incoming import close_case, take_in
from programmes.handovers.service.steps import settle, subject_of, tell


async def receive_offer(scope: WriteScope, letter: Letter) -> None:
    """A dossier arrives at the upper side; one that was requested (and still is) is taken in at once, any other waits for a clerk."""
    body = letter.body
    if letter.attachment is None or digest(letter.attachment) != body["sha256"]:
        raise SNAPSHOT_BROKEN()
    handover = await find_by_correlation(scope.session, UUID(body["correlation_id"]), Direction.INCOMING)
    if handover is None:
        handover = _incoming(scope, letter)
        scope.session.add(handover)
        await scope.session.flush()
    if handover.counterpart_id != letter.sender_id:
        raise NOT_FOUND()
    await guard.require(scope, Permission.HANDOVER_DELIVER, subject_of(handover))
    if handover.snapshot_number >= body["number"]:
        return
    wanted = handover.kind == Kind.PULL and handover.state != HandoverState.WITHDRAWN
    handover.case_id = UUID(body["case_id"])
    handover.person_name, handover.erased_on = body["person_name"], None
    handover.snapshot_sha256 = body["sha256"]
    handover.snapshot_number = body["number"]
    handover.fields = body["fields"]
    handover.legal_basis = body["legal_basis"]
    handover.snapshot_sealed = seal(
        scope.session, letter.attachment, table="handover", column="snapshot_sealed", row_id=handover.id
    )
    await settle(scope, handover, HandoverState.OFFERED)
    if wanted:
        await _take_in_or_leave(scope, handover)


async def _take_in_or_leave(scope: WriteScope, handover: Handover) -> None:
    """What was asked for is taken in at once; where a rule says no (another name under this ID number), it waits for a clerk, who will see why."""
    try:
        async with scope.session.begin_nested():
            await take_in(scope, handover, audited=False)
    except Failure as refusal:
        await scope.session.refresh(handover)
        handover.reason = refusal.sentence()
        await scope.session.flush()


def _incoming(scope: WriteScope, letter: Letter) -> Handover:
    now = scope.clock.now()
    return Handover(
        tenant_id=scope.tenant_id,
        id=new_id(),
        correlation_id=UUID(letter.body["correlation_id"]),
        case_id=UUID(letter.body["case_id"]),
        direction=Direction.INCOMING,
        kind=letter.body["handover_kind"],
        counterpart_id=letter.sender_id,
        edition_id=UUID(letter.body["edition_id"]),
        title_id=UUID(letter.body["title_id"]) if letter.body.get("title_id") else None,
        person_name=letter.body["person_name"],
        state=HandoverState.OFFERED,
        snapshot_number=0,
        created_at=now,
        updated_at=now,
    )


async def receive_request(scope: WriteScope, letter: Letter) -> None:
    """The upper union asks for a craftsman titled here."""
    await guard.require(scope, Permission.HANDOVER_DELIVER, Subject(kind="handover", id=None))
    correlation_id = UUID(letter.body["correlation_id"])
    if await find_by_correlation(scope.session, correlation_id, Direction.OUTGOING) is not None:
        return
    now = scope.clock.now()
    handover = Handover(
        tenant_id=scope.tenant_id,
        id=new_id(),
        correlation_id=correlation_id,
        case_id=UUID(letter.body["case_id"]),
        direction=Direction.OUTGOING,
        kind=Kind.PULL,
        counterpart_id=letter.sender_id,
        edition_id=UUID(letter.body["edition_id"]),
        title_id=UUID(letter.body["title_id"]),
        person_name=letter.body["person_name"],
        state=HandoverState.REQUESTED,
        created_at=now,
        updated_at=now,
    )
    scope.session.add(handover)
    await scope.session.flush()
    announce_passing(scope.session, handover)


async def hear_accepted(scope: WriteScope, letter: Letter) -> None:
    """Below: the upper side took the case in."""
    handover = await _own(scope, letter, Direction.OUTGOING)
    if handover.state != HandoverState.ACCEPTED:
        await settle(scope, handover, HandoverState.ACCEPTED)


async def hear_returned(scope: WriteScope, letter: Letter) -> None:
    """Below: the upper side gave the case back; it stands here again as before."""
    handover = await _own(scope, letter, Direction.OUTGOING)
    if handover.state == HandoverState.RETURNED:
        return
    await settle(scope, handover, HandoverState.RETURNED, reason=letter.body["reason"])
    due_on = letter.body["due_on"]
    if handover.application_id is not None:
        await applications.reopen_application(
            scope,
            handover.application_id,
            reason=letter.body["reason"],
            due_on=date.fromisoformat(due_on) if due_on else None,
        )


async def hear_declined(scope: WriteScope, letter: Letter) -> None:
    """Below: the upper side did not take the case."""
    handover = await _own(scope, letter, Direction.OUTGOING)
    if handover.state == HandoverState.DECLINED:
        return
    await settle(scope, handover, HandoverState.DECLINED, reason=letter.body["reason"])
    handover.outcome, handover.outcome_at = HandoverState.DECLINED, scope.clock.now()
    if handover.application_id is not None:
        await applications.follow_upstream(scope, handover.application_id, state=HandoverState.DECLINED)


async def hear_undone(scope: WriteScope, letter: Letter) -> None:
    """Below: the upper side took its acceptance back."""
    handover = await _own(scope, letter, Direction.OUTGOING)
    if handover.state == HandoverState.OFFERED:
        return
    handover.outcome = handover.outcome_at = None
    await settle(scope, handover, HandoverState.OFFERED, reason=letter.body["reason"])
    if handover.application_id is not None:
        await applications.follow_upstream(scope, handover.application_id, state=None)


async def hear_withdrawn(scope: WriteScope, letter: Letter) -> None:
    """Above: the lower side wants the case back; it gets it unless something happened here meanwhile, of which a letter is on its way."""
    handover = await _own(scope, letter, Direction.INCOMING)
    if handover.state != HandoverState.OFFERED:
        return
    await settle(scope, handover, HandoverState.WITHDRAWN, reason=letter.body["reason"])
    await close_case(scope, handover, letter.body["reason"])
    await tell(scope, handover, "handover_given_back", reason=letter.body["reason"])


async def hear_given_back(scope: WriteScope, letter: Letter) -> None:
    """Below: the withdrawal holds; the case stands here again as before."""
    handover = await _own(scope, letter, Direction.OUTGOING)
    if handover.state == HandoverState.WITHDRAWN:
        return
    await settle(scope, handover, HandoverState.WITHDRAWN, reason=letter.body["reason"])
    if handover.application_id is not None:
        await applications.reopen_application(scope, handover.application_id, reason=letter.body["reason"], due_on=None)


async def hear_request_ended(scope: WriteScope, letter: Letter) -> None:
    """Either side: a request was refused below, or taken back above. Where both happened at once, both sides say it was refused."""
    refused = letter.kind == "request_refused"
    handover = await _own(scope, letter, Direction.INCOMING if refused else Direction.OUTGOING)
    open_states = {HandoverState.REQUESTED, HandoverState.WITHDRAWN} if refused else {HandoverState.REQUESTED}
    if handover.state in open_states:
        state = HandoverState.DECLINED if refused else HandoverState.WITHDRAWN
        await settle(scope, handover, state, reason=letter.body["reason"])


async def _own(scope: WriteScope, letter: Letter, direction: Direction) -> Handover:
    handover = await get_of_sender(scope.session, letter, direction)
    await guard.require(scope, Permission.HANDOVER_DELIVER, subject_of(handover))
    return handover
