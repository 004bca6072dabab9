"""Granting and taking up what lets somebody stand in for another."""

from uuid import UUID

import strawberry

from authz.delegation import deputies
from authz.delegation.deputies import NewDeputy
from authz.delegation.visits import CASE, SUPERVISION, NewVisit
from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.delegation.inputs import (
    ActAsDeputyInput,
    EnterUnionInput,
    GrantDeputyInput,
    OpenCaseBelowInput,
    RevokeDeputyInput,
)
from graphql_api.delegation.types import DeputyGrantType
from graphql_api.delegation.visiting import open_case, supervise
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, answering, perform
from graphql_api.sources import returned
from graphql_api.tenants.mutations import SignInPayload, SignOutPayload, sign_in_answer
from tenants.accounts.standing_in import Ground, leave, stand_in
from tenants.delegation.facts import Basis


@strawberry.type
class DeputyGrantPayload(Payload):
    grant: DeputyGrantType | None = returned()


@strawberry.type
class DelegationMutation:
    @strawberry.mutation(
        description="Hand some of the viewer's own roles to a colleague, until a day, for a reason. Not from a deputy's session."
    )
    async def grant_deputy(self, info: Info, given: Given[GrantDeputyInput]) -> DeputyGrantPayload:
        async def act(scope: WriteScope) -> UUID:
            new = NewDeputy(
                membership_id=key_of(given.deputy_id, "Colleague", "deputyId"),
                roles=frozenset(role.value for role in given.roles),
                reason=given.reason,
                valid_from=given.valid_from,
                valid_to=given.valid_to,
            )
            return await deputies.grant_deputy(scope, new)

        return await perform(info, DeputyGrantPayload, given, act)

    @strawberry.mutation(
        description="Take a grant back, or lay it down, from the deputy's next request on; for the two and the security administrator."
    )
    async def revoke_deputy(self, info: Info, given: Given[RevokeDeputyInput]) -> DeputyGrantPayload:
        async def act(scope: WriteScope) -> UUID:
            return await deputies.revoke_deputy(scope, key_of(given.grant_id, "DeputyGrant", "grantId"))

        return await perform(info, DeputyGrantPayload, given, act)

    @strawberry.mutation(
        description="A new token with which the viewer acts as a deputy, with what was handed over and nothing of his own; the present one stays."
    )
    async def act_as_deputy(self, info: Info, given: Given[ActAsDeputyInput]) -> SignInPayload:
        context = info.context
        signed_in = context.require_fresh()

        async def made() -> SignInPayload:
            services, key = context.services, key_of(given.grant_id, "DeputyGrant", "grantId")
            ground = Ground(Basis.DEPUTY, key, signed_in.tenant.id)
            begun = await stand_in(services.entrance, signed_in, ground, services.clock, request_id=context.request_id)
            return sign_in_answer(info, begun)

        return await answering(info, SignInPayload, made)

    @strawberry.mutation(
        description=(
            "A new token with which an auditor looks into a union below, reading only: with a second factor, for a written reason, until a time. "
            "That union is told in the same moment, and everything he reads there is recorded."
        )
    )
    async def enter_union(self, info: Info, given: Given[EnterUnionInput]) -> SignInPayload:
        async def made() -> SignInPayload:
            key = key_of(given.tenant_id, "Tenant", "tenantId")
            return sign_in_answer(
                info, await supervise(info.context, NewVisit(key, SUPERVISION, given.reason, given.until))
            )

        return await answering(info, SignInPayload, made)

    @strawberry.mutation(
        description="The same for one case of a union below, which is all that the new token shows; told and recorded likewise."
    )
    async def open_case_below(self, info: Info, given: Given[OpenCaseBelowInput]) -> SignInPayload:
        async def made() -> SignInPayload:
            key, case = (
                key_of(given.tenant_id, "Tenant", "tenantId"),
                key_of(given.application_id, "Application", "applicationId"),
            )
            return sign_in_answer(
                info, await open_case(info.context, NewVisit(key, CASE, given.reason, given.until), case)
            )

        return await answering(info, SignInPayload, made)

    @strawberry.mutation(description="End the visit at hand before its time.")
    async def leave_union(self, info: Info) -> SignOutPayload:
        context = info.context
        signed_in = context.require_signed_in()

        async def made() -> SignOutPayload:
            services = context.services
            await leave(services.entrance, signed_in, services.clock, request_id=context.request_id)
            return SignOutPayload(errors=[], done=True)

        return await answering(info, SignOutPayload, made)
