"""Setting periods, recording requests to erase, deciding them."""

from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, perform
from graphql_api.retention.commands import (
    DecideErasureRequestInput,
    RecordErasureRequestInput,
    SetRetentionPeriodInput,
)
from graphql_api.retention.types import ErasureRequestType, RetentionPeriodType
from graphql_api.sources import returned
from programmes.retention import service as retention
from programmes.retention.service import Verdict


@strawberry.type
class RetentionPeriodPayload(Payload):
    period: RetentionPeriodType | None = returned()


@strawberry.type
class ErasureRequestPayload(Payload):
    request: ErasureRequestType | None = returned()


@strawberry.type
class RetentionMutation:
    @strawberry.mutation(
        description="How long a kind of record is kept; from the next day on what is older is erased by the machinery."
    )
    async def set_retention_period(self, info: Info, given: Given[SetRetentionPeriodInput]) -> RetentionPeriodPayload:
        async def act(scope: WriteScope) -> UUID:
            period = await retention.set_period(
                scope, given.kind, months=given.months, document=given.document, version=given.version
            )
            return period.id

        return await perform(info, RetentionPeriodPayload, given, act)

    @strawberry.mutation(description="A person asks that his file be erased; somebody else decides.")
    async def record_erasure_request(
        self, info: Info, given: Given[RecordErasureRequestInput]
    ) -> ErasureRequestPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.person_id, "Person", "personId")
            request = await retention.record_request(scope, key, asked_on=given.asked_on, reason=given.reason)
            return request.id

        return await perform(info, ErasureRequestPayload, given, act)

    @strawberry.mutation(
        description="Grant a request (the machinery erases today) or refuse it by a ground of the law; not by whoever recorded it."
    )
    async def decide_erasure_request(
        self, info: Info, given: Given[DecideErasureRequestInput]
    ) -> ErasureRequestPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.request_id, "ErasureRequest", "requestId")
            verdict = Verdict(given.granted, given.reason, given.ground, given.document_no)
            return (await retention.decide_request(scope, key, verdict, version=given.version)).id

        return await perform(info, ErasureRequestPayload, given, act)
