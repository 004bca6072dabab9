"""An expert fills in his sheet; the secretary may give it back with a documented reason."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from authz import guard
from authz.duties import Duty
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from kernel.errors import NOT_FOUND
from kernel.foresight import Asked
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Act, State
from programmes.catalogue.queries import rulebook_of
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.scoring import repository
from programmes.scoring.errors import (
    ALREADY_AGGREGATED,
    ALREADY_SUBMITTED,
    EXCLUDED_FROM_CASE,
    NOT_SUBMITTED,
    refuse,
)
from programmes.scoring.model import Assignment, ScoreSheet
from programmes.scoring.rules.scale import find_scale_fault, items_of
from programmes.scoring.rules.sheets import find_sheet_fault, total_of
from programmes.scoring.service.assigning import given_out

_COMMENT_LIMIT = 2000
_REASON_LIMIT = 500


async def submit_score(
    scope: WriteScope, assignment_id: UUID, points: Mapping[str, int], comment: str = ""
) -> ScoreSheet:
    """Seal the points (hundredths, by `force_item`) of the actor's own assignment; a second time raises ALREADY_SUBMITTED."""
    async with repository.holding_assigned_case(scope.session, assignment_id, _ahead) as (assignment, application):
        return await _submit(scope, assignment, application, points, comment)


def _ahead(assignment: Assignment, application: Application) -> Sequence[Asked[Any]]:
    return *applications.ahead_of_moving(application), repository.SHEETS.of(assignment_id=assignment.id)


async def _submit(
    scope: WriteScope, assignment: Assignment, application: Application, points: Mapping[str, int], comment: str
) -> ScoreSheet:
    await applications.move(scope, application, Act.SCORE, audited=False)
    if assignment.expert_account_id != scope.actor.account_id:
        raise NOT_FOUND()
    _require_open(assignment)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    total = _total(rulebook, points)
    number = await repository.count_sheets(scope.session, assignment.id) + 1
    sheet = ScoreSheet(
        tenant_id=scope.tenant_id,
        id=new_id(),
        assignment_id=assignment.id,
        application_id=application.id,
        expert_account_id=assignment.expert_account_id,
        number=number,
        points=dict(points),
        total=total,
        comment=clean_text(comment, path=("input", "comment"), limit=_COMMENT_LIMIT, optional=True),
        change_reason=assignment.return_reason if number > 1 else None,
        submitted_at=scope.clock.now(),
    )
    scope.session.deferred.add(sheet)
    _change(scope, assignment, "submitted")
    audit_act(scope, "case:score", "assignment", assignment.id, after={"sheet": str(sheet.id), "number": number})
    return sheet


async def reopen_score(scope: WriteScope, assignment_id: UUID, reason: str, *, version: int) -> Assignment:
    """Give a sealed sheet back for a documented reason, before aggregation; the old sheet stays, the next one has a new number."""
    assignment = await repository.lock_assignment(scope.session, assignment_id)
    (application,) = await applications.lock_applications(scope, [assignment.application_id])
    if application.state != State.SCORING:
        raise ALREADY_AGGREGATED()
    subject = given_out(assignment, application)
    await guard.require(scope, Permission.ASSIGNMENT_REOPEN, subject)
    require_version(assignment, version)
    if assignment.state != "submitted":
        raise NOT_SUBMITTED()
    await guard.note(scope, Duty.REOPENED, subject, by=Permission.ASSIGNMENT_REOPEN)
    assignment.return_reason = clean_text(reason, path=("input", "reason"), limit=_REASON_LIMIT)
    _change(scope, assignment, "open")
    after = {"state": "open", "reasoned": assignment.return_reason is not None}
    audit_act(scope, "sheet:reopen", "assignment", assignment.id, before={"state": "submitted"}, after=after)
    await scope.session.flush()
    return assignment


def _require_open(assignment: Assignment) -> None:
    if assignment.state == "submitted":
        raise ALREADY_SUBMITTED()
    if assignment.state == "excluded":
        raise EXCLUDED_FROM_CASE(conflict=assignment.conflict)


def _total(rulebook: Rulebook, points: Mapping[str, int]) -> int:
    cite = rulebook.scoring.cite.citation if rulebook.scoring else None
    refuse(find_scale_fault(rulebook.criteria), rule=cite)
    items = items_of(rulebook.criteria)
    refuse(find_sheet_fault(points, items), path=("input", "points"), rule=cite)
    return total_of(points, items)


def _change(scope: WriteScope, assignment: Assignment, state: str) -> None:
    assignment.state = state
    touch(assignment, scope.clock.now())
