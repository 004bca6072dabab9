"""What scoring can be filtered by, and what clients say when they act."""

import strawberry

from graphql_api.filters import among, equals, refers_to
from graphql_api.scalars import Date, Decimal
from graphql_api.scoring.words import AssignmentState, MeetingState, ResolutionDecision
from programmes.scoring.model import Assignment, Meeting, Resolution, ScoreSummary


@strawberry.input(description="Which assignments; all given conditions hold.")
class AssignmentFilter:
    edition: strawberry.ID | None = refers_to(Assignment.edition_id, "Edition")
    application: strawberry.ID | None = refers_to(Assignment.application_id, "Application")
    state: list[AssignmentState] | None = among(Assignment.state)


@strawberry.input(description="Which scores; all given conditions hold.")
class ScoreSummaryFilter:
    edition: strawberry.ID | None = refers_to(ScoreSummary.edition_id, "Edition")
    application: strawberry.ID | None = refers_to(ScoreSummary.application_id, "Application")


@strawberry.input(description="Which meetings; all given conditions hold.")
class MeetingFilter:
    edition: strawberry.ID | None = refers_to(Meeting.edition_id, "Edition")
    state: MeetingState | None = equals(Meeting.state)


@strawberry.input(description="Which resolutions; all given conditions hold.")
class ResolutionFilter:
    edition: strawberry.ID | None = refers_to(Resolution.edition_id, "Edition")
    number: str | None = equals(Resolution.number)


@strawberry.input(description="An expert; where he works may be left out once the pool knows it.")
class ExpertInput:
    candidate_id: strawberry.ID = strawberry.field(description="Of an ExpertCandidate.")
    employer: str | None = None
    employer_code: str | None = None
    unit_id: strawberry.ID | None = strawberry.field(default=None, description="The union he comes from.")
    specialty: str | None = None


@strawberry.input
class AssignExpertsInput:
    idempotency_key: str
    application_ids: list[strawberry.ID]
    experts: list[ExpertInput]


@strawberry.input
class AssignmentReasonInput:
    idempotency_key: str
    assignment_id: strawberry.ID
    version: int
    reason: str


@strawberry.input
class ItemPointsInput:
    item: str = strawberry.field(description="As in the edition's criteria: `leadership_1`.")
    points: Decimal


@strawberry.input
class SubmitScoreInput:
    idempotency_key: str
    assignment_id: strawberry.ID
    points: list[ItemPointsInput]
    comment: str = ""


@strawberry.input
class AggregateScoresInput:
    idempotency_key: str
    edition_id: strawberry.ID


@strawberry.input
class MemberInput:
    name: str
    unit: str
    outside: bool = strawberry.field(default=True, description="From outside the organiser.")


@strawberry.input
class OpenMeetingInput:
    idempotency_key: str
    edition_id: strawberry.ID
    name: str
    held_on: Date
    members: list[MemberInput]
    quorum: int = strawberry.field(description="More than half of the members.")


@strawberry.input
class MeetingVerdictInput:
    application_id: strawberry.ID
    proposed: bool
    position: int | None = strawberry.field(default=None, description="On the proposed list, from 1.")
    reason: str | None = strawberry.field(default=None, description="Needed where the list departs from the scores.")


@strawberry.input
class ConcludeMeetingInput:
    idempotency_key: str
    meeting_id: strawberry.ID
    version: int
    present: list[str] = strawberry.field(description="Names of the members who were there.")
    minutes: str
    items: list[MeetingVerdictInput]


@strawberry.input
class RecordResolutionInput:
    idempotency_key: str
    edition_id: strawberry.ID
    number: str
    body: str
    resolved_on: Date
    decision: ResolutionDecision
    application_ids: list[strawberry.ID]
    note: str | None = None
