"""Cases are given to experts of the pool, and kept from those who could not be impartial."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from authz import carried, guard
from authz.duties import Duty
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Act, State
from programmes.applications.service.moving import subject_of
from programmes.scoring import repository
from programmes.scoring.errors import (
    ALREADY_AGGREGATED,
    ALREADY_SUBMITTED,
    TOO_FEW_EXPERTS,
)
from programmes.scoring.model import Assignment, Expert
from programmes.scoring.rules.conflicts import CaseFacts, ExpertFacts, find_conflict
from programmes.scoring.service.editions import require_scoring
from programmes.scoring.service.pool import ExpertEntry, enter_experts

__all__ = ["ExpertEntry", "assign_experts", "exclude_expert"]

_REASON_LIMIT = 500
RECUSED = "recused"
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Pair:
    """A case and an expert, and why they must not meet."""

    case: Application
    expert: Expert
    conflict: str | None


async def assign_experts(
    scope: WriteScope, application_ids: Sequence[UUID], experts: Sequence[ExpertEntry]
) -> list[Assignment]:
    """Give each case to each expert; whoever has a conflict is recorded as excluded, with the reason. Cases go from formal review to scoring.

    Raises TOO_FEW_EXPERTS where a case is left with fewer than the edition asks for. A pair that exists already is left as it is.
    """
    cases = await applications.lock_applications(scope, application_ids)
    fresh = [case for case in cases if case.state != State.SCORING]
    for case in cases:
        if case.state == State.SCORING:
            await guard.require(scope, Permission.CASE_ASSIGN, subject_of(case))
    await applications.move_many(scope, fresh, Act.ASSIGN, audited=False)
    least = await require_scoring(scope, {case.edition_id for case in cases})
    pool = await enter_experts(scope, experts)
    existing = await repository.list_assignments(scope.session, application_ids)
    known = {(assignment.application_id, assignment.expert_account_id) for assignment in existing}
    pairs = [pair for pair in await _judge(scope, cases, pool) if (pair.case.id, pair.expert.account_id) not in known]
    made = [_assignment(scope, pair) for pair in pairs]
    await _require_enough(scope, cases, [*existing, *made], least)
    scope.session.add_all(made)
    await scope.session.flush()
    for pair in pairs:
        if pair.conflict is None:
            await guard.note(scope, Duty.ASSIGNED, subject_of(pair.case), account_id=pair.expert.account_id)
    after = {"experts": [str(expert.account_id) for expert in pool], "cases": [str(case.id) for case in cases]}
    after["excluded"] = [str(assignment.id) for assignment in made if assignment.state == "excluded"]
    audit_act(scope, "case:assign", "edition", cases[0].edition_id, after=after)
    return made


async def exclude_expert(scope: WriteScope, assignment_id: UUID, reason: str, *, version: int) -> Assignment:
    """Take an expert who declares a conflict, or does not deliver, off a case.

    Where he has scored it before, his sheet counts no more: that is the panel chair's word, after another person has given the sheet back (D12).
    """
    assignment = await repository.lock_assignment(scope.session, assignment_id)
    (case,) = await applications.lock_applications(scope, [assignment.application_id])
    if case.state != State.SCORING:
        raise ALREADY_AGGREGATED()
    has_scored = await repository.count_sheets(scope.session, assignment.id) > 0
    permission, subject = Permission.CASE_ASSIGN, subject_of(case)
    if has_scored:
        permission, subject = Permission.ASSIGNMENT_DROP, given_out(assignment, case)
    await guard.require(scope, permission, subject)
    require_version(assignment, version)
    if assignment.state == "submitted":
        raise ALREADY_SUBMITTED()
    if has_scored:
        await guard.bind(scope, permission, subject)
    before = assignment.state
    assignment.state, assignment.conflict = "excluded", RECUSED
    assignment.return_reason = clean_text(reason, path=("input", "reason"), limit=_REASON_LIMIT)
    touch(assignment, scope.clock.now())
    await guard.note(scope, Duty.RECUSED, subject_of(case), account_id=assignment.expert_account_id)
    after = {"state": "excluded", "reasoned": assignment.return_reason is not None, "sheet_dropped": has_scored}
    audit_act(scope, "assignment:exclude", "assignment", assignment.id, before={"state": before}, after=after)
    await scope.session.flush()
    return assignment


def given_out(assignment: Assignment, case: Application) -> Subject:
    """The assignment as the gate sees it, in the state of its case."""
    return Subject("assignment", assignment.id, case.state, case.desk)


async def _judge(scope: WriteScope, cases: Sequence[Application], pool: Sequence[Expert]) -> list[_Pair]:
    """Every case with every expert, each with the reason why not."""
    case_ids = [case.id for case in cases]
    persons = await repository.list_persons(scope.session, case_ids)
    writers = await repository.list_letter_writers(scope.session, case_ids)
    accounts = sorted({expert.account_id for expert in pool})
    duties = await carried.find_words_of_each(scope.session, accounts, case_ids)
    facts = {
        case.id: CaseFacts(
            person_name=persons[case.id].name,
            employer=persons[case.id].employer,
            employer_code=persons[case.id].employer_code,
            applying_unit_id=case.applying_unit_id,
            recommending_unit_id=case.recommending_unit_id,
            letter_writers=writers[case.id],
        )
        for case in cases
    }
    return [
        _Pair(
            case, expert, find_conflict(_facts(expert, duties[expert.account_id].get(case.id, _NONE)), facts[case.id])
        )
        for case, expert in product(cases, pool)
    ]


def _facts(expert: Expert, words: frozenset[str]) -> ExpertFacts:
    return ExpertFacts(
        name=expert.name,
        employer=expert.employer,
        employer_code=expert.employer_code,
        unit_id=expert.unit_id,
        duties={word.removeprefix("did_") for word in words},
    )


def _assignment(scope: WriteScope, pair: _Pair) -> Assignment:
    return Assignment(
        tenant_id=scope.tenant_id,
        id=new_id(),
        edition_id=pair.case.edition_id,
        application_id=pair.case.id,
        expert_account_id=pair.expert.account_id,
        expert_name=pair.expert.name,
        state="open" if pair.conflict is None else "excluded",
        conflict=pair.conflict,
        return_reason=None,
        version=1,
        created_at=scope.clock.now(),
        updated_at=scope.clock.now(),
    )


async def _require_enough(
    scope: WriteScope, cases: Sequence[Application], assignments: Sequence[Assignment], least: int
) -> None:
    """Each case has so many experts without a conflict as the edition asks for."""
    able: defaultdict[UUID, int] = defaultdict(int)
    for assignment in assignments:
        able[assignment.application_id] += assignment.state != "excluded"
    short = [case.id for case in cases if able[case.id] < least]
    if short:
        names = await repository.names_of(scope.session, short)
        listed = "、".join(names[case_id] for case_id in short)
        raise TOO_FEW_EXPERTS(path=("input", "experts"), names=listed, least=least)
