"""Entering and withdrawing studios."""

from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, perform
from graphql_api.sources import returned
from graphql_api.studios.inputs import CreateStudioInput, WithdrawStudioInput
from graphql_api.studios.types import InnovationStudioType
from programmes.studios import service as studios
from programmes.studios.service import StudioFacts


@strawberry.type
class StudioPayload(Payload):
    studio: InnovationStudioType | None = returned()


@strawberry.type
class StudiosMutation:
    @strawberry.mutation(description="Enter a studio that this union named, at its own level.")
    async def create_studio(self, info: Info, given: Given[CreateStudioInput]) -> StudioPayload:
        async def act(scope: WriteScope) -> UUID:
            facts = StudioFacts(
                kind=given.kind,
                name=given.name,
                leader_id=key_of(given.leader_id, "Person", "leaderId"),
                employer=given.employer,
                field=given.field,
                named_on=given.named_on,
                document_no=given.document_no,
            )
            return (await studios.create_studio(scope, facts)).id

        return await perform(info, StudioPayload, given, act)

    @strawberry.mutation(description="Withdraw the naming of a studio, with the reason.")
    async def withdraw_studio(self, info: Info, given: Given[WithdrawStudioInput]) -> StudioPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.studio_id, "InnovationStudio", "studioId")
            return (await studios.withdraw_studio(scope, key, reason=given.reason, version=given.version)).id

        return await perform(info, StudioPayload, given, act)
