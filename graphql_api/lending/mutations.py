"""Asking for an officer, lending one, ending it, and taking the part up."""

from uuid import UUID

import strawberry

from authz.delegation import substitutes
from authz.delegation.substitutes import Request
from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.lending.inputs import (
    ActAsSubstituteInput,
    AppointSubstituteInput,
    EndSubstitutionInput,
    RequestSubstituteInput,
)
from graphql_api.lending.types import SubstitutionType
from graphql_api.mutations import Given, Payload, answering, perform
from graphql_api.sources import returned
from graphql_api.tenants.mutations import SignInPayload, sign_in_answer
from tenants.accounts.standing_in import Ground, stand_in
from tenants.delegation.facts import Basis


@strawberry.type
class SubstitutionPayload(Payload):
    substitution: SubstitutionType | None = returned()


@strawberry.type
class LendingMutation:
    @strawberry.mutation(
        description="Ask the union right above for an officer who takes business roles here; for the chair and the administrators of a small union."
    )
    async def request_substitute(self, info: Info, given: Given[RequestSubstituteInput]) -> SubstitutionPayload:
        async def act(scope: WriteScope) -> UUID:
            roles = frozenset(role.value for role in given.roles)
            return await substitutes.ask_for_substitute(scope, Request(given.line, roles, given.reason))

        return await perform(info, SubstitutionPayload, given, act)

    @strawberry.mutation(
        description="Lend a person of this union to one right below that asked, until a day; for the security administrator."
    )
    async def appoint_substitute(self, info: Info, given: Given[AppointSubstituteInput]) -> SubstitutionPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.substitution_id, "Substitution", "substitutionId")
            member = key_of(given.member_id, "Member", "memberId")
            return await substitutes.appoint_substitute(
                scope, key, member, valid_to=given.valid_to, version=given.version
            )

        return await perform(info, SubstitutionPayload, given, act)

    @strawberry.mutation(
        description="Withdraw or decline a request, or end an assignment, at once; from either of the two unions."
    )
    async def end_substitution(self, info: Info, given: Given[EndSubstitutionInput]) -> SubstitutionPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.substitution_id, "Substitution", "substitutionId")
            return await substitutes.end_substitution(scope, key, given.reason)

        return await perform(info, SubstitutionPayload, given, act)

    @strawberry.mutation(
        description="A new token with which the lent officer works in the union that asked for him, in the roles it asked for; the present one stays."
    )
    async def act_as_substitute(self, info: Info, given: Given[ActAsSubstituteInput]) -> SignInPayload:
        context = info.context

        async def made() -> SignInPayload:
            services, signed_in = context.services, context.require_own_name()
            key = key_of(given.substitution_id, "Substitution", "substitutionId")
            async with context.read() as scope:
                tenant_id = await substitutes.get_asking_tenant(scope, key)
            ground = Ground(Basis.SUBSTITUTE, key, tenant_id)
            begun = await stand_in(services.entrance, signed_in, ground, services.clock, request_id=context.request_id)
            return sign_in_answer(info, begun)

        return await answering(info, SignInPayload, made)
