"""Reading experts, assignments, scores, meetings and resolutions."""

import strawberry

from graphql_api.pagination import Connection
from graphql_api.scoring.inputs import AssignmentFilter, MeetingFilter, ResolutionFilter, ScoreSummaryFilter
from graphql_api.scoring.types import (
    AssignmentType,
    ExpertCandidateType,
    ExpertType,
    MeetingType,
    ResolutionType,
    ScoreSummaryType,
)
from graphql_api.sources import many, one


@strawberry.type
class ScoringQuery:
    """The roots of scoring."""

    experts: Connection[ExpertType] | None = many(description="The pool of experts.")
    expert_candidates: Connection[ExpertCandidateType] | None = many(
        description="The members who may be given cases, by name."
    )
    assignment: AssignmentType | None = one(description="One assignment.")
    assignments: Connection[AssignmentType] | None = many(
        filter=AssignmentFilter, description="For an expert his own; for those who run the review all."
    )
    score_summaries: Connection[ScoreSummaryType] | None = many(
        filter=ScoreSummaryFilter, description="What the sheets came to, the best first."
    )
    meeting: MeetingType | None = one(description="One meeting.")
    meetings: Connection[MeetingType] | None = many(filter=MeetingFilter, description="Meetings, the latest first.")
    resolution: ResolutionType | None = one(description="One resolution.")
    resolutions: Connection[ResolutionType] | None = many(
        filter=ResolutionFilter, description="Resolutions, the latest first."
    )
