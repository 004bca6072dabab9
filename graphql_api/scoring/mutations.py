"""From the assignment of experts to the party leadership group's resolution."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.catalogue.types import EditionType
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Answer, Given, Payload, perform
from graphql_api.scoring.inputs import (
    AggregateScoresInput,
    AssignExpertsInput,
    AssignmentReasonInput,
    ConcludeMeetingInput,
    ExpertInput,
    ItemPointsInput,
    MeetingVerdictInput,
    OpenMeetingInput,
    RecordResolutionInput,
    SubmitScoreInput,
)
from graphql_api.scoring.types import AssignmentType, MeetingType, ResolutionType
from graphql_api.sources import returned
from programmes.scoring import service as scoring
from programmes.scoring.errors import BAD_POINTS, ITEM_TWICE
from programmes.scoring.rules.sheets import parse_points


@strawberry.type
class AssignExpertsPayload(Payload):
    edition: EditionType | None = returned()
    assigned: int | None = None
    excluded: int | None = None


@strawberry.type
class AggregateScoresPayload(Payload):
    edition: EditionType | None = returned()
    scored: int | None = None


@strawberry.type
class AssignmentPayload(Payload):
    assignment: AssignmentType | None = returned()


@strawberry.type
class MeetingPayload(Payload):
    meeting: MeetingType | None = returned()


@strawberry.type
class ResolutionPayload(Payload):
    resolution: ResolutionType | None = returned()


@strawberry.type
class ScoringMutation:
    @strawberry.mutation(
        description="Give cases to experts; whoever has a conflict is recorded as excluded, with the reason."
    )
    async def assign_experts(self, info: Info, given: Given[AssignExpertsInput]) -> AssignExpertsPayload:
        async def act(scope: WriteScope) -> Answer:
            cases = _cases(given.application_ids)
            experts = [_expert(expert, position) for position, expert in enumerate(given.experts)]
            made = await scoring.assign_experts(scope, cases, experts)
            excluded = sum(assignment.state == "excluded" for assignment in made)
            ids = {"edition": made[0].edition_id} if made else {}
            return Answer(ids, {"assigned": len(made) - excluded, "excluded": excluded})

        return await perform(info, AssignExpertsPayload, given, act)

    @strawberry.mutation(description="Take an expert off a case that he has not scored, for a reason.")
    async def exclude_expert(self, info: Info, given: Given[AssignmentReasonInput]) -> AssignmentPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _assignment(given.assignment_id)
            return (await scoring.exclude_expert(scope, key, given.reason, version=given.version)).id

        return await perform(info, AssignmentPayload, given, act)

    @strawberry.mutation(description="Seal the points for all items of one's own assignment.")
    async def submit_score(self, info: Info, given: Given[SubmitScoreInput]) -> AssignmentPayload:
        async def act(scope: WriteScope) -> UUID:
            points = _points(given.points)
            sheet = await scoring.submit_score(scope, _assignment(given.assignment_id), points, given.comment)
            return sheet.assignment_id

        return await perform(info, AssignmentPayload, given, act)

    @strawberry.mutation(description="Give a sealed sheet back, for a documented reason and before aggregation.")
    async def reopen_score(self, info: Info, given: Given[AssignmentReasonInput]) -> AssignmentPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _assignment(given.assignment_id)
            return (await scoring.reopen_score(scope, key, given.reason, version=given.version)).id

        return await perform(info, AssignmentPayload, given, act)

    @strawberry.mutation(description="Aggregate the sheets of all nominees; refused while one is missing.")
    async def aggregate_scores(self, info: Info, given: Given[AggregateScoresInput]) -> AggregateScoresPayload:
        async def act(scope: WriteScope) -> Answer:
            edition = key_of(given.edition_id, "Edition", "editionId")
            summaries = await scoring.aggregate_scores(scope, edition)
            return Answer({"edition": edition}, {"scored": len(summaries)})

        return await perform(info, AggregateScoresPayload, given, act)

    @strawberry.mutation(description="Call a review meeting of an edition.")
    async def open_meeting(self, info: Info, given: Given[OpenMeetingInput]) -> MeetingPayload:
        async def act(scope: WriteScope) -> UUID:
            meeting = await scoring.open_meeting(
                scope,
                key_of(given.edition_id, "Edition", "editionId"),
                name=given.name,
                held_on=given.held_on,
                members=[scoring.Member(member.name, member.unit, member.outside) for member in given.members],
                quorum=given.quorum,
            )
            return meeting.id

        return await perform(info, MeetingPayload, given, act)

    @strawberry.mutation(description="Record what a meeting decided: presence, minutes, the proposed list.")
    async def conclude_meeting(self, info: Info, given: Given[ConcludeMeetingInput]) -> MeetingPayload:
        async def act(scope: WriteScope) -> UUID:
            meeting = await scoring.conclude_meeting(
                scope,
                key_of(given.meeting_id, "Meeting", "meetingId"),
                version=given.version,
                present=given.present,
                minutes=given.minutes,
                verdicts=[_verdict(item, position) for position, item in enumerate(given.items)],
            )
            return meeting.id

        return await perform(info, MeetingPayload, given, act)

    @strawberry.mutation(description="Record a collective decision on proposed cases, and carry it out.")
    async def record_resolution(self, info: Info, given: Given[RecordResolutionInput]) -> ResolutionPayload:
        async def act(scope: WriteScope) -> UUID:
            edition = key_of(given.edition_id, "Edition", "editionId")
            entry = scoring.ResolutionEntry(given.number, given.body, given.resolved_on, given.decision, given.note)
            return (await scoring.record_resolution(scope, edition, entry, _cases(given.application_ids))).id

        return await perform(info, ResolutionPayload, given, act)


def _cases(given: Sequence[strawberry.ID]) -> list[UUID]:
    return [key_of(key, "Application", "applicationIds", str(position)) for position, key in enumerate(given)]


def _assignment(given: strawberry.ID) -> UUID:
    return key_of(given, "Assignment", "assignmentId")


def _expert(given: ExpertInput, position: int) -> scoring.ExpertEntry:
    path = ("experts", str(position))
    return scoring.ExpertEntry(
        account_id=key_of(given.candidate_id, "ExpertCandidate", *path, "candidateId"),
        employer=given.employer,
        employer_code=given.employer_code,
        unit_id=None if given.unit_id is None else key_of(given.unit_id, "Tenant", *path, "unitId"),
        specialty=given.specialty,
    )


def _points(given: Sequence[ItemPointsInput]) -> dict[str, int]:
    """Hundredths by item; each item once."""
    points: dict[str, int] = {}
    for position, line in enumerate(given):
        hundredths = parse_points(str(line.points))
        if hundredths is None:
            raise BAD_POINTS(path=("input", "points", str(position), "points"))
        if line.item in points:
            raise ITEM_TWICE(path=("input", "points", str(position), "item"), item=line.item)
        points[line.item] = hundredths
    return points


def _verdict(given: MeetingVerdictInput, position: int) -> scoring.MeetingVerdict:
    case = key_of(given.application_id, "Application", "items", str(position), "applicationId")
    return scoring.MeetingVerdict(case, given.proposed, given.position, given.reason)
