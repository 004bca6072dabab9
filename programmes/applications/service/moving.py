"""The only way a case changes its state: table, gate, history, duty, audit, event."""

from collections.abc import Sequence
from uuid import UUID

from authz import guard
from authz.duties import duty_of
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.stages import stage_name
from authz.subject import Subject
from kernel.ids import new_id
from kernel.versions import touch
from programmes.applications import repository
from programmes.applications.errors import ACT_NOT_POSSIBLE, OPEN_OBJECTION
from programmes.applications.events import announce_move
from programmes.applications.model import Application, CaseAct
from programmes.applications.rules.transitions import (
    HELD_BY_OBJECTION,
    Act,
    Desk,
    State,
    Transition,
    find_transition,
    permission_word,
)
from programmes.applications.words import act_name, state_name
from programmes.catalogue.errors import EDITION_STATE
from programmes.catalogue.queries import get_edition, rulebook_of
from programmes.catalogue.rules.editions import CANCELLED

_PORTION = 50
"""So many cases are written in one statement: a statement has a bounded number of parameters."""


def subject_of(application: Application) -> Subject:
    """The case as the gate sees it."""
    return Subject(
        kind="case", id=application.id, stage=application.state, desk=application.desk, creator=application.created_by
    )


async def lock_applications(scope: WriteScope, application_ids: Sequence[UUID]) -> list[Application]:
    """Cases of this tenant, held until the transaction ends, in the order asked for; raises NOT_FOUND."""
    return await repository.lock_applications(scope.session, application_ids)


async def admit(scope: WriteScope, application: Application, act: Act) -> Transition:
    """The row of the table by which this actor may do this now; raises ACT_NOT_POSSIBLE or a refusal of the gate."""
    rulebook = await rulebook_of(scope.session, application.edition_id)
    transition = find_transition(act, application.desk, application.state, [stage.code for stage in rulebook.stages])
    if transition is None:
        raise ACT_NOT_POSSIBLE(state=state_name(application.state), act=act_name(act))
    await guard.require(scope, Permission(permission_word(act)), subject_of(application))
    if act in HELD_BY_OBJECTION and application.open_objections:
        raise OPEN_OBJECTION()
    await _require_running(scope, application, transition)
    return transition


async def _require_running(scope: WriteScope, application: Application, transition: Transition) -> None:
    """A cancelled edition selects nobody any more: no person does an act of its pipeline. What is under way may still be given back."""
    if transition.stage is None or application.desk != Desk.ORGANISER or scope.actor.account_id is None:
        return
    edition = await get_edition(scope.session, application.edition_id)
    if edition.state == CANCELLED:
        raise EDITION_STATE(state=stage_name("edition", edition.state), act=act_name(transition.act))


async def carry_out(
    scope: WriteScope,
    application: Application,
    transition: Transition,
    *,
    reason: str | None = None,
    document_no: str | None = None,
    audited: bool = True,
) -> Application:
    """Do what `admit` has allowed: the new state, the step in the history, the duty, the audit entry and the event."""
    before, target = application.state, transition.target or State(application.state)
    permission = permission_word(transition.act)
    application.state = target
    touch(application, scope.clock.now())
    remember(scope, application, transition.act, before, reason=reason, document_no=document_no)
    duty = duty_of(permission)
    if duty is not None and scope.actor.account_id is not None:
        await guard.note(scope, duty, subject_of(application), by=Permission(permission))
    if audited:
        audit_act(
            scope,
            permission,
            "application",
            application.id,
            before={"state": before},
            after={"state": target, "reasoned": reason is not None, "document_no": document_no},
        )
    await scope.session.flush()
    if target != before:
        await announce_move(scope.session, application, transition.act, before)
    return application


def remember(
    scope: WriteScope,
    application: Application,
    act: Act,
    before: str | None,
    *,
    reason: str | None = None,
    document_no: str | None = None,
) -> None:
    """Add the step that led to the case's present state to its history."""
    scope.session.deferred.add(
        CaseAct(
            tenant_id=scope.tenant_id,
            id=new_id(),
            application_id=application.id,
            act=act,
            from_state=before,
            to_state=application.state,
            at=scope.clock.now(),
            account_id=scope.actor.account_id,
            actor=scope.actor.name,
            reason=reason,
            document_no=document_no,
        ),
    )


async def move(
    scope: WriteScope,
    application: Application,
    act: Act,
    *,
    reason: str | None = None,
    document_no: str | None = None,
    audited: bool = True,
) -> Application:
    """Do one act on a locked case; raises what `admit` raises. `audited=False` where the caller writes the one entry of its mutation itself."""
    transition = await admit(scope, application, act)
    return await carry_out(scope, application, transition, reason=reason, document_no=document_no, audited=audited)


async def move_many(
    scope: WriteScope,
    applications: Sequence[Application],
    act: Act,
    *,
    reason: str | None = None,
    document_no: str | None = None,
    audited: bool = True,
) -> None:
    """Do one act on several locked cases: on all of them, or on none."""
    transitions = [await admit(scope, application, act) for application in applications]
    for number, (application, transition) in enumerate(zip(applications, transitions, strict=True), start=1):
        await carry_out(scope, application, transition, reason=reason, document_no=document_no, audited=audited)
        if number % _PORTION == 0:
            await scope.session.settle()


async def count_objections(scope: WriteScope, application: Application, change: int) -> None:
    """Keep the number of open objections on the case itself; while it is above zero the person is not announced. Called by the guarded acts on objections."""
    application.open_objections += change
    touch(application, scope.clock.now())
    await scope.session.flush()
