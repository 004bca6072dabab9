"""Each act of the table, asked and done: what a viewer is told he may do is what the gate lets him do."""

from collections.abc import Sequence
from itertools import product
from uuid import UUID

from authz.permissions import Permission
from authz.roles import Role
from authz.scope import WriteScope
from cli.demo.offices import Offices
from kernel.errors import Failure, Family
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.queries import CaseStanding, ViewerAction, viewer_actions
from programmes.applications.rules.transitions import TABLE, Act, Desk, State, permission_word, possible_acts
from programmes.catalogue.queries import rulebook_of
from tests.programmes.applications.desks import acting_as, draft

_NO_BUSINESS_OF = {"system_admin", "security_admin", "audit_admin", "finance_clerk", "finance_approver", "investigator"}
MACHINERY = {act for act in Act if permission_word(act) == Permission.CASE_MIRROR}
ROLES = [role for role in Role if role.value not in _NO_BUSINESS_OF]


def standing(case: Application) -> CaseStanding:
    return CaseStanding(case.id, case.edition_id, case.desk, case.state, case.created_by, case.open_objections)


async def told(scope: WriteScope, case: Application) -> Sequence[ViewerAction]:
    return (await viewer_actions(scope, [standing(case)]))[0]


async def attempt(scope: WriteScope, case: Application, act: Act) -> Failure | None:
    """Do the act and take it back."""
    desk, state = case.desk, case.state
    undone = await scope.session.begin_nested()
    try:
        await applications.move(scope, case, act, audited=False)
        failure = None
    except Failure as refused:
        failure = refused
    await undone.rollback()
    await scope.session.refresh(case)
    assert (case.desk, case.state) == (desk, state)
    return failure


async def place(scope: WriteScope, case: Application, desk: Desk, state: State) -> None:
    case.desk, case.state = desk, state
    await scope.session.flush()


async def test_a_viewer_is_shown_as_possible_exactly_what_the_gate_then_allows(
    offices: Offices, national: UUID
) -> None:
    async with offices.acting("sichuan.clerk") as scope:
        case_id = await draft(scope, national, 301)
    allowed: set[tuple[Desk, Act]] = set()
    for role in ROLES:
        async with acting_as(offices, "sichuan.leader", role) as scope:
            stages = [stage.code for stage in (await rulebook_of(scope.session, national)).stages]
            (case,) = await applications.lock_applications(scope, [case_id])
            for desk, state in product(Desk, State):
                acts = [act for act in possible_acts(desk, state, stages) if act not in MACHINERY]
                if not acts:
                    continue
                await place(scope, case, desk, state)
                actions = await told(scope, case)
                assert [action.act for action in actions] == acts
                for action in actions:
                    failure = await attempt(scope, case, action.act)
                    assert (failure and failure.code) == (action.refusal and action.refusal.code)
                    assert failure is None or failure.family is Family.FORBIDDEN
                    allowed |= {(desk, action.act)} if failure is None else set()
            await scope.session.rollback()
    not_here = {Act.NAME, Act.SCORE}  # the edition does not name directly; an expert scores what is assigned to him
    of_people = {(row.desk, row.act) for row in TABLE if row.act not in MACHINERY}
    assert of_people - allowed == {(Desk.ORGANISER, act) for act in not_here}
    assert {Act.REOPEN, Act.TURN_DOWN} == MACHINERY


async def test_who_entered_the_case_is_shown_that_he_may_not_put_it_forward(offices: Offices, national: UUID) -> None:
    async with acting_as(offices, "sichuan.clerk", Role.CLERK, Role.RECOMMENDER) as scope:
        case_id = await draft(scope, national, 302)
        (case,) = await applications.lock_applications(scope, [case_id])
        actions = {action.act: action.refusal for action in await told(scope, case)}
    assert actions[Act.REVISE] is None
    barred = actions[Act.RECOMMEND]
    assert barred is not None
    assert barred.code == "DUTY_CONFLICT"


async def test_an_open_objection_bars_announcing_and_nothing_else(offices: Offices, national: UUID) -> None:
    async with offices.acting("sichuan.clerk") as scope:
        case_id = await draft(scope, national, 303)
    async with acting_as(offices, "sichuan.leader", Role.APPROVER) as scope:
        (case,) = await applications.lock_applications(scope, [case_id])
        await place(scope, case, Desk.ORGANISER, State.NOTICE_DONE)
        await applications.count_objections(scope, case, 1)
        actions = {action.act: action.refusal for action in await told(scope, case)}
        await applications.count_objections(scope, case, -1)
        after = {action.act: action.refusal for action in await told(scope, case)}
        await scope.session.rollback()
    barred = actions.pop(Act.ANNOUNCE)
    assert barred is not None
    assert barred.code == "OPEN_OBJECTION"
    assert actions == {Act.REMOVE: None}
    assert after == {Act.REMOVE: None, Act.ANNOUNCE: None}
