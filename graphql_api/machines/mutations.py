"""Making and ending tokens for machines."""

from uuid import UUID

import strawberry

from authz import machines
from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.machines.inputs import CreateApiTokenInput, RevokeApiTokenInput
from graphql_api.machines.types import ApiTokenType
from graphql_api.mutations import Given, Payload, answering, perform
from graphql_api.sources import returned
from tenants.accounts.api_tokens import NewToken


@strawberry.type(description="The token, whose text is shown this once.")
class CreateApiTokenPayload(Payload):
    token: str | None = strawberry.field(default=None, description="For the Authorization header, as Bearer.")
    api_token: ApiTokenType | None = returned()


@strawberry.type
class ApiTokenPayload(Payload):
    api_token: ApiTokenType | None = returned()


@strawberry.type
class MachinesMutation:
    @strawberry.mutation(
        description="A token for a machine: of what the viewer may do whenever it is used, these permissions and no others."
    )
    async def create_api_token(self, info: Info, given: Given[CreateApiTokenInput]) -> CreateApiTokenPayload:
        context = info.context
        context.require_fresh()

        async def made() -> CreateApiTokenPayload:
            signed_in = context.require_own_name()
            new = NewToken(given.name, frozenset(given.permissions), given.valid_to)
            async with context.read() as scope:
                done = await machines.create_token(scope, context.services.entrance, signed_in, new, given.password)
            return CreateApiTokenPayload(errors=[], token=done.text, ids={"apiToken": done.id})

        return await answering(info, CreateApiTokenPayload, made)

    @strawberry.mutation(
        description="End a token from its next request on: one's own, or for the security administrator anybody's in the union."
    )
    async def revoke_api_token(self, info: Info, given: Given[RevokeApiTokenInput]) -> ApiTokenPayload:
        async def act(scope: WriteScope) -> UUID:
            return await machines.revoke_token(scope, key_of(given.token_id, "ApiToken", "tokenId"))

        return await perform(info, ApiTokenPayload, given, act)
