"""Signing in and out, going over to another union, and seating people."""

import dataclasses
from uuid import UUID

import strawberry

from authz import administration
from authz.administration import NewMember
from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, answering, perform
from graphql_api.scalars import DateTime
from graphql_api.sources import returned
from graphql_api.tenants.inputs import (
    AddMemberInput,
    ChangeMemberInput,
    EndMemberInput,
    RevokeSessionInput,
    SignInInput,
    SwitchTenantInput,
)
from graphql_api.tenants.types import MemberType
from graphql_api.tenants.viewer import Viewer
from tenants.accounts import login, sessions
from tenants.accounts.facts import Challenge, NewSession
from tenants.accounts.login import Credentials
from tenants.accounts.service import Seat


@strawberry.type(description="What the second step of signing in needs; good once, for five minutes.")
class SecondFactorChallenge:
    challenge: str
    expires_at: DateTime
    server_time: DateTime = strawberry.field(
        description="Codes are checked against this clock; a device that differs by more than 30 s gives wrong ones."
    )


@strawberry.type(description="A new session, or the challenge that comes first, or why there is neither.")
class SignInPayload(Payload):
    token: str | None = strawberry.field(
        default=None, description="For the Authorization header, as Bearer; shown this once."
    )
    expires_at: DateTime | None = None
    viewer: Viewer | None = None
    second_factor_required: SecondFactorChallenge | None = strawberry.field(
        default=None, description="Instead of a token: the password was right, and `completeSignIn` finishes."
    )


@strawberry.type
class SignOutPayload(Payload):
    done: bool = False


@strawberry.type
class MemberPayload(Payload):
    member: MemberType | None = returned()


@strawberry.type
class TenantsMutation:
    @strawberry.mutation(description="Begin a session in a union. Whatever is wrong, the answer is one and the same.")
    async def sign_in(self, info: Info, given: Given[SignInInput]) -> SignInPayload:
        context = info.context
        credentials = Credentials(given.tenant, given.login, given.password, context.address)

        async def made() -> SignInPayload:
            services = context.services
            begun = await login.sign_in(services.entrance, credentials, services.clock, request_id=context.request_id)
            return sign_in_answer(info, begun)

        return await answering(info, SignInPayload, made)

    @strawberry.mutation(description="End the session at hand, at once.")
    async def sign_out(self, info: Info) -> SignOutPayload:
        context = info.context
        signed_in = context.require_signed_in()

        async def made() -> SignOutPayload:
            services = context.services
            await sessions.sign_out(services.entrance, signed_in, services.clock, request_id=context.request_id)
            return SignOutPayload(errors=[], done=True)

        return await answering(info, SignOutPayload, made)

    @strawberry.mutation(
        description="A new token for another union in which the viewer may work; the present one stays unless `endCurrent`."
    )
    async def switch_tenant(self, info: Info, given: Given[SwitchTenantInput]) -> SignInPayload:
        context = info.context
        signed_in = context.require_fresh()

        async def made() -> SignInPayload:
            services, key = context.services, key_of(given.tenant_id, "Tenant", "tenantId")
            begun = await sessions.switch_tenant(
                services.entrance,
                signed_in,
                key,
                services.clock,
                end_current=given.end_current,
                request_id=context.request_id,
            )
            return sign_in_answer(info, begun)

        return await answering(info, SignInPayload, made)

    @strawberry.mutation(description="End one of the viewer's own sessions, at once.")
    async def revoke_session(self, info: Info, given: Given[RevokeSessionInput]) -> SignOutPayload:
        context = info.context
        signed_in = context.require_signed_in()

        async def made() -> SignOutPayload:
            services, key = context.services, key_of(given.session_id, "Session", "sessionId")
            await sessions.revoke_session(
                services.entrance, signed_in, key, services.clock, request_id=context.request_id
            )
            return SignOutPayload(errors=[], done=True)

        return await answering(info, SignOutPayload, made)

    @strawberry.mutation(
        description="Make a place for a person in this union, without roles; for its system administrator."
    )
    async def add_member(self, info: Info, given: Given[AddMemberInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            new = NewMember(
                login=given.login,
                name=given.name,
                proposed_roles=frozenset(given.proposed_roles),
                valid_from=given.valid_from,
                valid_to=given.valid_to,
                password=given.password,
            )
            return await administration.add_member(scope, info.context.services.entrance, new)

        # A password takes no part in what is kept of a request, not even in a keyed hash.
        return await perform(info, MemberPayload, dataclasses.replace(given, password=None), act)

    @strawberry.mutation(
        description="Give a member roles and period, from his next request on; for the security administrator, if another made the place."
    )
    async def change_member(self, info: Info, given: Given[ChangeMemberInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.member_id, "Member", "memberId")
            seat = Seat(name=given.name, roles=given.roles, valid_from=given.valid_from, valid_to=given.valid_to)
            return await administration.change_member(scope, key, seat)

        return await perform(info, MemberPayload, given, act)

    @strawberry.mutation(description="Take a member's place from him, from his next request on.")
    async def end_member(self, info: Info, given: Given[EndMemberInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            return await administration.end_member(scope, key_of(given.member_id, "Member", "memberId"))

        return await perform(info, MemberPayload, given, act)


def sign_in_answer(info: Info, begun: NewSession | Challenge) -> SignInPayload:
    """The answer; what else the field selects is read as the person who has just come in."""
    if isinstance(begun, Challenge):
        required = SecondFactorChallenge(challenge=begun.token, expires_at=begun.expires_at, server_time=begun.at)
        return SignInPayload(errors=[], second_factor_required=required)
    info.context.become(begun.signed_in)
    signed_in = begun.signed_in
    return SignInPayload(
        errors=[], token=begun.token, expires_at=signed_in.expires_at, viewer=Viewer(signed_in=signed_in)
    )
