"""What the contract shows of experts, sheets, scores, meetings and resolutions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

from authz.scope import ReadScope
from graphql_api.applications.types import ApplicationType
from graphql_api.catalogue.types import EditionType
from graphql_api.ids import encode_id
from graphql_api.pagination import Connection
from graphql_api.scalars import Date, DateTime, Decimal
from graphql_api.scoring.words import AssignmentState, MeetingOutcome, MeetingState, ResolutionDecision
from graphql_api.sources import Attribute, Batch, Node, Row, Source, column, computed, descending, to_many, to_one
from graphql_api.tenants.types import TenantType
from programmes.scoring import queries
from programmes.scoring.model import Assignment, Expert, Meeting, MeetingItem, Resolution, ScoreSheet, ScoreSummary
from programmes.scoring.rules.sheets import shown
from tenants.accounts.model import Membership


def points_of(attribute: Attribute) -> Batch:
    """Hundredths of a column as points with two decimals."""

    async def batch(_scope: ReadScope, rows: Sequence[Row]) -> list[Decimal]:
        return [Decimal(shown(row[attribute.key])) for row in rows]

    return batch


def as_points(attribute: Attribute, description: str | None = None) -> Any:  # noqa: ANN401 - stands for a value of the annotated type
    """A field that shows hundredths as points."""
    return computed(points_of(attribute), needs=(attribute,), description=description)


@strawberry.type(name="Expert", description="An expert of this union's pool.")
class ExpertType(Node):
    __source__ = Source(Expert, visible=queries.visible_experts)

    name: str = column(Expert.name)
    employer: str = column(Expert.employer, description="Judged for conflicts with each case.")
    employer_code: str | None = column(Expert.employer_code)
    specialty: str | None = column(Expert.specialty)
    unit: TenantType | None = to_one(
        Expert.unit_id, description="The union the expert comes from, if it is one of ours."
    )
    version: int = column(Expert.version)


@strawberry.type(
    name="ExpertCandidate", description="A member of this union with the experts' role: who may be given cases."
)
class ExpertCandidateType(Node):
    __source__ = Source(
        Membership, order=(Membership.name,), visible=queries.visible_candidates, key=Membership.account_id
    )

    name: str = column(Membership.name)
    valid_from: Date = column(Membership.valid_from)
    valid_to: Date | None = column(Membership.valid_to, description="The first day no longer valid.")
    expert: ExpertType | None = to_one(
        Membership.account_id, key=Expert.account_id, description="What the pool knows; null: say it when assigning."
    )


@strawberry.type(description="Points for one item.")
class ItemPoints:
    item: str = strawberry.field(description="As in the edition's criteria: `leadership_1`.")
    points: Decimal


async def item_points(_scope: ReadScope, rows: Sequence[Row]) -> list[list[ItemPoints]]:
    """The points of each sheet of a level, by item."""
    sheets: list[dict[str, int]] = [row["points"] for row in rows]
    return [[ItemPoints(item=item, points=Decimal(shown(given))) for item, given in sheet.items()] for sheet in sheets]


@strawberry.type(
    name="ScoreSheet",
    description="One expert's sealed points for one case; others see it when the scores are aggregated.",
)
class ScoreSheetType(Node):
    __source__ = Source(ScoreSheet, order=(ScoreSheet.number,), visible=queries.visible_sheets)

    number: int = column(ScoreSheet.number, description="Grows with each documented return.")
    points: list[ItemPoints] = computed(item_points, needs=(ScoreSheet.points,))
    total: Decimal = as_points(ScoreSheet.total)
    comment: str = column(ScoreSheet.comment)
    change_reason: str | None = column(ScoreSheet.change_reason)
    submitted_at: DateTime = column(ScoreSheet.submitted_at)


@strawberry.type(name="Assignment", description="A case given to an expert, or kept from him with the reason.")
class AssignmentType(Node):
    __source__ = Source(Assignment, visible=queries.visible_assignments)

    application: ApplicationType | None = to_one(Assignment.application_id)
    expert_name: str = column(Assignment.expert_name)
    state: AssignmentState = column(Assignment.state)
    conflict: str | None = column(
        Assignment.conflict,
        description="same_employer, from_recommending_unit, from_applying_unit, wrote_letter, drew_up, did_endorse, did_recommend, did_review,"
        " is_subject or recused.",
    )
    return_reason: str | None = column(Assignment.return_reason)
    sheets: list[ScoreSheetType] = to_many(ScoreSheet.assignment_id)
    version: int = column(Assignment.version)


@strawberry.type(name="ScoreSummary", description="What the sheets of a case come to by the edition's rule.")
class ScoreSummaryType(Node):
    __source__ = Source(ScoreSummary, order=(ScoreSummary.rank,), visible=queries.visible_summaries)

    application: ApplicationType | None = to_one(ScoreSummary.application_id)
    rank: int = column(ScoreSummary.rank, description="Among the cases of the edition; equal scores share a rank.")
    score: Decimal = as_points(ScoreSummary.score)
    sheets: int = column(ScoreSummary.sheets)
    mean: Decimal = as_points(ScoreSummary.mean)
    median: Decimal = as_points(ScoreSummary.median)
    trimmed_mean: Decimal = as_points(ScoreSummary.trimmed_mean)
    spread: Decimal = as_points(ScoreSummary.spread, "Between the highest and the lowest total.")
    at: DateTime = column(ScoreSummary.at)


@strawberry.type(description="Somebody called to a meeting.")
class MeetingMember:
    name: str
    unit: str
    outside: bool = strawberry.field(description="From outside the organiser.")
    present: bool | None = strawberry.field(description="Null until the meeting is concluded.")


async def members(_scope: ReadScope, rows: Sequence[Row]) -> list[list[MeetingMember]]:
    """The members of each meeting of a level."""
    return [[MeetingMember(**member) for member in row["members"]] for row in rows]


@strawberry.type(name="MeetingItem", description="What a meeting said of one case.")
class MeetingItemType(Node):
    __source__ = Source(MeetingItem, visible=queries.visible_meeting_items)

    application: ApplicationType | None = to_one(MeetingItem.application_id)
    outcome: MeetingOutcome = column(MeetingItem.outcome)
    position: int | None = column(MeetingItem.position, description="On the proposed list.")
    reason: str | None = column(MeetingItem.reason, description="Needed where the list departs from the scores.")


@strawberry.type(name="Meeting", description="A review meeting of an edition: a collective decision.")
class MeetingType(Node):
    __source__ = Source(Meeting, order=(descending(Meeting.held_on),), visible=queries.visible_meetings)

    edition: EditionType | None = to_one(Meeting.edition_id)
    name: str = column(Meeting.name)
    held_on: Date = column(Meeting.held_on)
    quorum: int = column(Meeting.quorum)
    state: MeetingState = column(Meeting.state)
    minutes: str = column(Meeting.minutes)
    members: list[MeetingMember] = computed(members, needs=(Meeting.members,))
    items: Connection[MeetingItemType] = to_many(MeetingItem.meeting_id)
    version: int = column(Meeting.version)


async def named_cases(_scope: ReadScope, rows: Sequence[Row]) -> list[list[strawberry.ID]]:
    """The ids of the cases that each resolution of a level names."""
    named: list[list[str]] = [row["application_ids"] for row in rows]
    return [[strawberry.ID(encode_id("Application", UUID(key))) for key in keys] for keys in named]


@strawberry.type(name="Resolution", description="A recorded collective decision with its number.")
class ResolutionType(Node):
    __source__ = Source(Resolution, order=(descending(Resolution.resolved_on),), visible=queries.visible_resolutions)

    edition: EditionType | None = to_one(Resolution.edition_id)
    number: str = column(Resolution.number)
    body: str = column(Resolution.body, description="Who decided.")
    resolved_on: Date = column(Resolution.resolved_on)
    decision: ResolutionDecision = column(Resolution.decision)
    note: str | None = column(Resolution.note)
    application_ids: list[strawberry.ID] = computed(named_cases, needs=(Resolution.application_ids,))
    recorded_at: DateTime = column(Resolution.recorded_at)
