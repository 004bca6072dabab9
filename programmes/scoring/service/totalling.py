"""All sheets become scores and ranks, at once for all nominees of an edition."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Act, Desk, State
from programmes.catalogue.queries import rulebook_of
from programmes.catalogue.rules.rulebook import Scoring
from programmes.scoring import repository
from programmes.scoring.errors import NO_SCORING_STAGE, NOTHING_TO_AGGREGATE, SCORES_INCOMPLETE
from programmes.scoring.model import Assignment, ScoreSummary
from programmes.scoring.rules.aggregation import Method, Result, aggregate, rank
from programmes.scoring.service.editions import own_edition


async def aggregate_scores(scope: WriteScope, edition_id: UUID) -> Sequence[ScoreSummary]:
    """Aggregate when every nominee has all his sheets, else SCORES_INCOMPLETE lists what is missing; all cases at scoring become scored.

    Cases aggregated earlier keep their score; the ranks are given anew over all of the edition.
    """
    await own_edition(scope, edition_id)
    await guard.require(scope, Permission.CASE_AGGREGATE, Subject("case", stage=State.SCORING, desk=Desk.ORGANISER))
    cases = await _lock_cases(scope, edition_id)
    scoring = (await rulebook_of(scope.session, edition_id)).scoring
    if scoring is None:
        raise NO_SCORING_STAGE()
    at_scoring = [case for case in cases if case.state == State.SCORING]
    if not at_scoring:
        raise NOTHING_TO_AGGREGATE(rule=scoring.cite.citation)
    await applications.move_many(scope, at_scoring, Act.AGGREGATE, audited=False)
    assignments = await repository.list_assignments(scope.session, [case.id for case in at_scoring])
    await _require_complete(scope, cases, assignments, scoring)
    totals = await repository.list_totals(scope.session, [case.id for case in at_scoring])
    method = Method(scoring.aggregation or Method.MEAN)
    results = {case.id: aggregate(totals[case.id], method) for case in at_scoring}
    summaries = await _keep(scope, edition_id, results)
    after = {"cases": [str(case_id) for case_id in results], "method": method}
    audit_act(scope, "case:aggregate", "edition", edition_id, after=after)
    await scope.session.flush()
    return summaries


async def _lock_cases(scope: WriteScope, edition_id: UUID) -> list[Application]:
    """The nominees of the edition that are not scored yet."""
    states = (State.FORMAL_PASSED, State.SCORING)
    found = await repository.list_case_ids(scope.session, edition_id, states)
    return await applications.lock_applications(scope, found)


async def _require_complete(
    scope: WriteScope,
    cases: Sequence[Application],
    assignments: Sequence[Assignment],
    scoring: Scoring,
) -> None:
    """对所有人选: nobody is left without an expert, no sheet is outstanding, and nobody has fewer sheets than the edition asks for."""
    names = await repository.names_of(scope.session, [case.id for case in cases])
    submitted: defaultdict[UUID, int] = defaultdict(int)
    missing: list[str] = []
    for assignment in assignments:
        submitted[assignment.application_id] += assignment.state == "submitted"
        if assignment.state == "open":
            missing.append(f"{names[assignment.application_id]}（{assignment.expert_name}未提交）")
    named = {assignment.application_id for assignment in assignments if assignment.state == "open"}
    for case in cases:
        if case.id not in submitted:
            missing.append(f"{names[case.id]}（未分派专家）")
        elif case.id not in named and submitted[case.id] < (scoring.experts_per_case or 1):
            missing.append(f"{names[case.id]}（评分表不足）")
    if missing:
        raise SCORES_INCOMPLETE(missing="；".join(missing), count=len(missing), rule=scoring.cite.citation)


async def _keep(scope: WriteScope, edition_id: UUID, results: Mapping[UUID, Result]) -> Sequence[ScoreSummary]:
    """Store the new results, and rank them together with the earlier ones."""
    summaries = list(await repository.list_summaries(scope.session, edition_id))
    for case_id, result in results.items():
        summary = ScoreSummary(
            tenant_id=scope.tenant_id,
            id=new_id(),
            edition_id=edition_id,
            application_id=case_id,
            sheets=result.sheets,
            mean=result.mean,
            median=result.median,
            trimmed_mean=result.trimmed_mean,
            spread=result.spread,
            score=result.score,
            rank=0,
            at=scope.clock.now(),
        )
        scope.session.add(summary)
        summaries.append(summary)
    places = rank({summary.id: _result(summary) for summary in summaries})
    for summary in summaries:
        summary.rank = places[summary.id]
    return sorted(summaries, key=lambda summary: summary.rank)


def _result(summary: ScoreSummary) -> Result:
    return Result(
        sheets=summary.sheets,
        mean=summary.mean,
        median=summary.median,
        trimmed_mean=summary.trimmed_mean,
        spread=summary.spread,
        score=summary.score,
    )
