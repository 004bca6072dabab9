"""A consent that is taken back stops what rests on it: a dossier not accepted yet returns, registers are blanked, unions that accepted are told.

PIPL 第十五条: taking back is as easy as giving and does not undo what was done before; so a case that was accepted stays, but goes no further.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope
from kernel.letters import Letter
from programmes.applications.queries import get_application
from programmes.handovers.repository import get_of_sender, list_outgoing_of_person
from programmes.handovers.rules import Direction, HandoverState, Step
from programmes.handovers.service.outgoing import CONSENT_TAKEN_BACK
from programmes.handovers.service.register import leave_registers
from programmes.handovers.service.steps import require_step, settle, subject_of, tell
from programmes.people import service as people
from programmes.people.rules import Purpose

_HELD_ABOVE = frozenset({HandoverState.OFFERED, HandoverState.ACCEPTED, HandoverState.WITHDRAWING})


async def follow_withdrawal(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `consent_withdrawn`."""
    person_id, purpose = UUID(body["person_id"]), Purpose(body["purpose"])
    if purpose is Purpose.REGISTER:
        await leave_registers(scope, person_id)
    for handover in await list_outgoing_of_person(scope.session, person_id):
        if purpose is Purpose.UPWARD and handover.state == HandoverState.OFFERED:
            await require_step(scope, handover, Step.WITHDRAW)
            await settle(scope, handover, HandoverState.WITHDRAWING, reason=CONSENT_TAKEN_BACK)
            await tell(scope, handover, "handover_withdrawn", reason=CONSENT_TAKEN_BACK)
        if handover.state in _HELD_ABOVE:
            await tell(scope, handover, "consent_withdrawn", purpose=purpose, on=body["on"], reason=CONSENT_TAKEN_BACK)


async def hear_consent_withdrawn(scope: WriteScope, letter: Letter) -> None:
    """Above: the person whose dossier was accepted agrees no longer; his consents here end too, and those above hear of it from here."""
    body = letter.body
    handover = await get_of_sender(scope.session, letter, Direction.INCOMING)
    await guard.require(scope, Permission.HANDOVER_DELIVER, subject_of(handover))
    if handover.application_id is None:
        return
    case = await get_application(scope.session, handover.application_id)
    on = date.fromisoformat(body["on"])
    await people.hear_withdrawal(scope, case.person_id, Purpose(body["purpose"]), on=on, reason=body["reason"])
