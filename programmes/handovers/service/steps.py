"""What every step of a handover has in common: the table, the gate, the record."""

from collections.abc import Mapping
from types import MappingProxyType

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel import outbox
from kernel.versions import require_version, touch
from programmes.applications.events import case_key
from programmes.handovers.errors import STEP_NOT_POSSIBLE
from programmes.handovers.events import announce_passing
from programmes.handovers.model import Handover
from programmes.handovers.rules import HandoverState, Step, may_step
from programmes.handovers.words import STEP_NAMES, state_name

_PERMISSION = {
    Step.OFFER: Permission.HANDOVER_SEND,
    Step.ACCEPT: Permission.HANDOVER_ACCEPT,
    Step.RETURN: Permission.HANDOVER_RETURN,
    Step.DECLINE: Permission.HANDOVER_DECLINE,
    Step.WITHDRAW: Permission.HANDOVER_WITHDRAW,
    Step.UNDO: Permission.HANDOVER_UNDO,
    Step.CONFIRM: Permission.HANDOVER_CONFIRM,
    Step.REFUSE: Permission.HANDOVER_DECLINE,
}

_NOTHING: Mapping[str, object] = MappingProxyType({})


def subject_of(handover: Handover) -> Subject:
    """The handover as the gate sees it."""
    return Subject(kind="handover", id=handover.id, stage=handover.state)


async def require_step(scope: WriteScope, handover: Handover, step: Step, version: int | None = None) -> None:
    """Raises unless the table knows the step, the gate allows it and the caller has seen the newest version."""
    if not may_step(handover.direction, handover.state, step):
        raise STEP_NOT_POSSIBLE(state=state_name(handover.state), step=STEP_NAMES[step])
    await guard.require(scope, _PERMISSION[step], subject_of(handover))
    if version is not None:
        require_version(handover, version)


def require_unanswered(handover: Handover, step: Step) -> None:
    """Raises STEP_NOT_POSSIBLE where a request was confirmed and its dossier is about to leave."""
    if handover.application_id is not None:
        raise STEP_NOT_POSSIBLE(state=state_name(HandoverState.OFFERED), step=STEP_NAMES[step])


async def settle(
    scope: WriteScope,
    handover: Handover,
    state: str,
    *,
    reason: str | None = None,
    audited_as: str | None = None,
    also: Mapping[str, object] = _NOTHING,
) -> Handover:
    """Put the record into its new state; `audited_as` where this is a person's act, or changed what a person would look for (`also`)."""
    before = handover.state
    handover.state = state
    handover.reason = reason
    touch(handover, scope.clock.now())
    if audited_as is not None:
        audit_act(
            scope,
            audited_as,
            "handover",
            handover.id,
            before={"state": before},
            after={"state": state, "reasoned": reason is not None, **also},
        )
    await scope.session.flush()
    announce_passing(scope.session, handover)
    return handover


async def tell(scope: WriteScope, handover: Handover, kind: str, **body: object) -> None:
    """Write to the other side about this passing."""
    await outbox.post(
        scope.session,
        to=handover.counterpart_id,
        kind=kind,
        body={"correlation_id": str(handover.correlation_id), **body},
        ordering_key=case_key(handover.case_id),
    )
