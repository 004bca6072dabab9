"""The upper side: take in, give back, decline, undo."""

from datetime import date
from uuid import UUID

import orjson

from authz.scope import WriteScope
from kernel.sealing import unseal
from kernel.text import clean_text
from programmes.applications import service as applications
from programmes.applications.rules.transitions import Act, State
from programmes.applications.words import state_name
from programmes.handovers.errors import ALREADY_HANDED_ON, SNAPSHOT_BROKEN
from programmes.handovers.model import Handover
from programmes.handovers.repository import lock_handover
from programmes.handovers.rules import HandoverState, Step
from programmes.handovers.service.steps import require_step, settle, tell

_UNTOUCHED = frozenset({State.RECEIVED, State.AT_RECOMMENDING_UNIT})


async def accept_handover(scope: WriteScope, handover_id: UUID, *, version: int) -> Handover:
    """Take the case in: person, dossier and material become rows of this tenant."""
    handover = await lock_handover(scope.session, handover_id)
    await require_step(scope, handover, Step.ACCEPT, version)
    return await take_in(scope, handover, audited=True)


async def take_in(scope: WriteScope, handover: Handover, *, audited: bool) -> Handover:
    """Open the sealed dossier and make the case; used by a clerk's acceptance and by the courier where a request was confirmed."""
    if handover.snapshot_sealed is None:
        raise SNAPSHOT_BROKEN()
    clear = unseal(
        scope.session, handover.snapshot_sealed, table="handover", column="snapshot_sealed", row_id=handover.id
    )
    taken = await applications.take_in_case(scope, orjson.loads(clear), handover_id=handover.id)
    handover.application_id = taken.application.id
    changed = {"person_fields": list(taken.changed)} if taken.changed else {}
    act = "handover:accept" if audited or changed else None
    await settle(scope, handover, HandoverState.ACCEPTED, audited_as=act, also=changed)
    await tell(scope, handover, "handover_accepted")
    return handover


async def return_handover(
    scope: WriteScope, handover_id: UUID, *, version: int, reason: str, due_on: date | None
) -> Handover:
    """Give the case back for supplement, before or after it was taken in (but before it was worked on)."""
    handover = await lock_handover(scope.session, handover_id)
    await require_step(scope, handover, Step.RETURN, version)
    why = clean_text(reason, path=("input", "reason"), limit=500)
    await _give_back_case(scope, handover, why)
    await settle(scope, handover, HandoverState.RETURNED, reason=why, audited_as="handover:return")
    await tell(scope, handover, "handover_returned", reason=why, due_on=due_on.isoformat() if due_on else None)
    return handover


async def decline_handover(scope: WriteScope, handover_id: UUID, *, version: int, reason: str) -> Handover:
    """Not take the case in at all."""
    handover = await lock_handover(scope.session, handover_id)
    await require_step(scope, handover, Step.DECLINE, version)
    why = clean_text(reason, path=("input", "reason"), limit=500)
    await settle(scope, handover, HandoverState.DECLINED, reason=why, audited_as="handover:decline")
    await tell(scope, handover, "handover_declined", reason=why)
    return handover


async def undo_acceptance(scope: WriteScope, handover_id: UUID, *, version: int, reason: str) -> Handover:
    """Take an acceptance back, so that the lower side may withdraw; only while the case was not worked on here."""
    handover = await lock_handover(scope.session, handover_id)
    await require_step(scope, handover, Step.UNDO, version)
    why = clean_text(reason, path=("input", "reason"), limit=500)
    await _give_back_case(scope, handover, why)
    await settle(scope, handover, HandoverState.OFFERED, reason=why, audited_as="handover:undo")
    await tell(scope, handover, "handover_undone", reason=why)
    return handover


async def _give_back_case(scope: WriteScope, handover: Handover, reason: str) -> None:
    if handover.state != HandoverState.ACCEPTED or handover.application_id is None:
        return
    (application,) = await applications.lock_applications(scope, [handover.application_id])
    if application.state not in _UNTOUCHED:
        raise ALREADY_HANDED_ON(state=state_name(application.state))
    await applications.give_back_case(scope, application, reason=reason, audited=False)


async def close_case(scope: WriteScope, handover: Handover, reason: str) -> None:
    """The lower side took back what had been given back here: the case ends here, until it arrives anew."""
    if handover.application_id is None:
        return
    (application,) = await applications.lock_applications(scope, [handover.application_id])
    if application.state == State.RETURNED:
        await applications.move(scope, application, Act.WITHDRAW, reason=reason, audited=False)
