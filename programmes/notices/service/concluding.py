"""What an investigation found, confirmed by a second person, and what the leaders then did about the person."""

from uuid import UUID

from authz import guard
from authz.duties import Duty
from authz.permissions import Permission
from authz.scope import WriteScope
from kernel.text import clean_text
from programmes.applications import service as applications
from programmes.applications.rules.transitions import CLOSED, Act, State
from programmes.applications.words import act_name
from programmes.applications.words import state_name as case_state_name
from programmes.notices.errors import (
    ENDED_BY_ITS_OWN_ACT,
    NOT_UPHELD_NO_REMOVAL,
    OBJECTION_NOT_HERE,
    SECOND_PERSON_NEEDED,
)
from programmes.notices.model import Objection
from programmes.notices.rules.objections import WAY_OUT, Decision, ObjectionState, Outcome, may_apply
from programmes.notices.service.objecting import (
    answer,
    change_state,
    lock_objection,
    release_person,
    subject_of,
)
from programmes.notices.words import state_name

_FINDINGS_LIMIT = 10_000
_NUMBER_LIMIT = 60


async def conclude_objection(
    scope: WriteScope, objection_id: UUID, *, version: int, outcome: Outcome, findings: str
) -> Objection:
    """The investigator's finding; it counts when a second person has confirmed it (`review_conclusion`)."""
    objection = await lock_objection(scope, objection_id, version, ObjectionState.INVESTIGATING)
    await guard.require(scope, Permission.OBJECTION_CONCLUDE, subject_of(objection))
    if objection.outcome is not None:
        raise OBJECTION_NOT_HERE(state=state_name(objection.state))
    objection.outcome = outcome
    objection.findings = clean_text(findings, path=("input", "findings"), limit=_FINDINGS_LIMIT)
    objection.investigator_id, objection.investigated_for = scope.actor.account_id, scope.actor.acting_for
    await guard.note(scope, Duty.INVESTIGATED, subject_of(objection), by=Permission.OBJECTION_CONCLUDE)
    return await change_state(scope, objection, ObjectionState.INVESTIGATING, "objection:conclude")


async def review_conclusion(scope: WriteScope, objection_id: UUID, *, version: int, agrees: bool) -> Objection:
    """The second person's word: the finding stands, or the investigation goes on. Raises SECOND_PERSON_NEEDED for the investigator himself."""
    objection = await lock_objection(scope, objection_id, version, ObjectionState.INVESTIGATING)
    await guard.require(scope, Permission.OBJECTION_CONCLUDE, subject_of(objection))
    if objection.outcome is None:
        raise OBJECTION_NOT_HERE(state=state_name(objection.state))
    if not {objection.investigator_id, objection.investigated_for}.isdisjoint(scope.actor.accounts):
        raise SECOND_PERSON_NEEDED()
    await guard.note(scope, Duty.INVESTIGATED, subject_of(objection), by=Permission.OBJECTION_CONCLUDE)
    state = ObjectionState.INVESTIGATING
    if agrees:
        objection.reviewer_id = scope.actor.account_id
        state = ObjectionState(objection.outcome)
    else:
        objection.outcome = None
    return await change_state(scope, objection, state, "objection:review")


async def apply_objection(
    scope: WriteScope,
    objection_id: UUID,
    *,
    version: int,
    decision: Decision,
    resolution_no: str,
    reply: str,
) -> Objection:
    """Carry out the resolution on a confirmed finding: the person is removed or kept, and held by this objection no longer."""
    objection = await lock_objection(scope, objection_id, version, ObjectionState.UPHELD, ObjectionState.NOT_UPHELD)
    await guard.require(scope, Permission.OBJECTION_APPLY, subject_of(objection))
    await guard.bind(scope, Permission.OBJECTION_APPLY, subject_of(objection))
    if not may_apply(Outcome(objection.state), decision):
        raise NOT_UPHELD_NO_REMOVAL(path=("input", "decision"))
    objection.decision = decision
    objection.resolution_no = clean_text(resolution_no, path=("input", "resolutionNo"), limit=_NUMBER_LIMIT)
    answer(scope, objection, reply)
    if decision is Decision.REMOVE:
        await _remove(scope, objection)
    await release_person(scope, objection)
    return await change_state(scope, objection, ObjectionState.APPLIED, "objection:apply")


async def _remove(scope: WriteScope, objection: Objection) -> None:
    """The person is out: removed now, or ended before by the act that belongs to where he stands. Raises ENDED_BY_ITS_OWN_ACT, which names that act."""
    (case,) = await applications.lock_applications(scope, [objection.application_id])
    state = State(case.state)
    if state in CLOSED:
        return
    way = WAY_OUT.get(state)
    if way is not None:
        raise ENDED_BY_ITS_OWN_ACT(
            path=("input", "decision"),
            state=case_state_name(state),
            state_code=state.value,
            way=act_name(way),
            way_code=way.value,
        )
    await applications.move(scope, case, Act.REMOVE, document_no=objection.resolution_no, audited=False)
