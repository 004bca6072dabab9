"""Reading cases, and what a viewer may do with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from authz import guard, predicate
from authz.actor import Actor
from authz.duties import Duty, relation_of
from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import Role
from authz.scope import ReadScope
from authz.subject import Subject
from kernel.database import ReadSession
from kernel.errors import NOT_FOUND, Failure
from programmes.applications.errors import OPEN_OBJECTION
from programmes.applications.model import Application
from programmes.applications.rules.transitions import HELD_BY_OBJECTION, Act, permission_word, possible_acts
from programmes.catalogue.queries import rulebooks_of

CASE = Columns(id=Application.id, stage=Application.state, desk=Application.desk, creator=Application.created_by)
"""A case in a list, as the gate sees it."""


@dataclass(frozen=True)
class CaseStanding:
    """What the buttons of one case depend on."""

    id: UUID
    edition_id: UUID
    desk: str
    state: str
    created_by: UUID | None
    open_objections: int


@dataclass(frozen=True)
class ViewerAction:
    """One act that the table knows here, and whether this viewer may do it; `refusal` says why not."""

    act: Act
    refusal: Failure | None


async def find_application(session: ReadSession, application_id: UUID) -> Application | None:
    """The case as this tenant has it, or None."""
    query = select(Application).where(Application.tenant_id == session.tenant_id, Application.id == application_id)
    return (await session.execute(query)).scalar_one_or_none()


async def get_application(session: ReadSession, application_id: UUID) -> Application:
    """The case as this tenant has it; raises NOT_FOUND."""
    found = await find_application(session, application_id)
    if found is None:
        raise NOT_FOUND()
    return found


def of_a_readable_case(case_id: InstrumentedAttribute[UUID]) -> Callable[[Actor], ColumnElement[bool]]:
    """What belongs to a case is seen by those who may read the case, by whatever way they come to it."""

    def visible(actor: Actor) -> ColumnElement[bool]:
        case = select(Application.id).where(Application.tenant_id == actor.tenant.id, Application.id == case_id)
        return case.where(predicate.visible(Permission.CASE_READ, actor, CASE)).exists()

    return visible


def of_a_case_seen_openly(case_id: InstrumentedAttribute[UUID]) -> Callable[[Actor], ColumnElement[bool]]:
    """What names the staff of a case: not for whoever comes to the case only as its expert, who judges it blind (decision 0029)."""
    seen = of_a_readable_case(case_id)
    return lambda actor: seen(replace(actor, roles=actor.roles - {Role.EXPERT}))


def sees_openly(actor: Actor) -> bool:
    """False for an expert who is nothing else here: from him units, opinions and staff of a case are withheld."""
    return predicate.holds_beyond(Permission.CASE_READ, actor, relation_of(Duty.ASSIGNED))


async def viewer_actions(scope: ReadScope, cases: Sequence[CaseStanding]) -> list[list[ViewerAction]]:
    """For each case, the acts that a person can do in its state, each with the gate's word; one statement for all duties, one for all rulebooks."""
    rulebooks = await rulebooks_of(scope.session, {case.edition_id for case in cases})
    stages = {edition_id: [stage.code for stage in rulebook.stages] for edition_id, rulebook in rulebooks.items()}
    acts = [_acts_of_people(case, stages[case.edition_id]) for case in cases]
    subjects = [
        Subject(kind="case", id=case.id, stage=case.state, desk=case.desk, creator=case.created_by) for case in cases
    ]
    permissions = sorted({Permission(permission_word(act)) for row in acts for act in row})
    judged = await guard.judge(scope, subjects, permissions)
    return [
        [ViewerAction(act, _refusal(case, act, decisions[Permission(permission_word(act))].reason)) for act in row]
        for case, row, decisions in zip(cases, acts, judged, strict=True)
    ]


def _acts_of_people(case: CaseStanding, stages: Sequence[str]) -> list[Act]:
    """What the table knows here, without the acts by which the machinery writes down what the desk above did."""
    acts = possible_acts(case.desk, case.state, stages)
    return [act for act in acts if permission_word(act) != Permission.CASE_MIRROR]


def _refusal(case: CaseStanding, act: Act, refusal: Failure | None) -> Failure | None:
    if refusal is None and act in HELD_BY_OBJECTION and case.open_objections:
        return OPEN_OBJECTION()
    return refusal


async def find_case_objects(session: ReadSession, key: UUID) -> frozenset[UUID] | None:
    """The case and its person in the bound union, by its own id or by the one that is the same in every union; None where there is none."""
    named = or_(Application.id == key, Application.case_id == key)
    query = select(Application.id, Application.person_id).where(Application.tenant_id == session.tenant_id, named)
    rows = (await session.execute(query)).all()
    return frozenset(one for row in rows for one in row) or None


async def find_case_id(session: ReadSession, application_id: UUID) -> UUID | None:
    """What the bound union's own case is called in every union."""
    query = select(Application.case_id).where(
        Application.tenant_id == session.tenant_id, Application.id == application_id
    )
    return (await session.execute(query)).scalar_one_or_none()
