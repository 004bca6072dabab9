"""Reading cases, and what a viewer may do with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz import guard
from authz.permissions import Permission
from authz.scope import ReadScope
from authz.subject import Subject
from kernel.database import ReadSession
from kernel.errors import NOT_FOUND, Failure
from programmes.applications.errors import OPEN_OBJECTION
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Act, permission_word, possible_acts
from programmes.catalogue.queries import rulebook_of


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


async def viewer_actions(scope: ReadScope, cases: Sequence[CaseStanding]) -> list[list[ViewerAction]]:
    """For each case, the acts that a person can do in its state, each with the gate's word; one statement for all duties, one per edition for its rulebook."""
    stages = {
        edition_id: [stage.code for stage in (await rulebook_of(scope.session, edition_id)).stages]
        for edition_id in {case.edition_id for case in cases}
    }
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
    if refusal is None and act in {Act.ANNOUNCE, Act.NAME} and case.open_objections:
        return OPEN_OBJECTION()
    return refusal
