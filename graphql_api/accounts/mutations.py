"""The second step of signing in, and enrolling for it."""

import dataclasses
from uuid import UUID

import strawberry

from authz import administration
from authz.scope import WriteScope
from graphql_api.accounts.inputs import (
    BeginSecondFactorInput,
    ChangeOwnPasswordInput,
    CompleteSignInInput,
    ConfirmSecondFactorInput,
    LinkIdentityInput,
    RedeemTicketInput,
    RemoveSecondFactorInput,
    ResetPasswordInput,
    UnlinkIdentityInput,
)
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, answering, perform
from graphql_api.scalars import DateTime
from graphql_api.tenants.mutations import MemberPayload, SignInPayload, sign_in_answer
from tenants.accounts import own_password, second_factor, second_step
from tenants.accounts.oidc import tickets
from tenants.accounts.oidc.tickets import Redeeming
from tenants.accounts.second_step import SecondStep
from tenants.errors import NOT_IN_OWN_NAME


@strawberry.type(description="A secret for an authenticator app, shown this once.")
class BeginSecondFactorPayload(Payload):
    secret: str | None = strawberry.field(default=None, description="Base32, to be typed where no camera is.")
    otpauth_uri: str | None = strawberry.field(default=None, description="What a QR code should hold.")


@strawberry.type(description="The token that replaces the present one, and recovery codes, all shown this once.")
class ConfirmSecondFactorPayload(Payload):
    token: str | None = None
    expires_at: DateTime | None = None
    recovery_codes: list[str] = strawberry.field(
        default_factory=list, description="Each stands in for the app once; to be printed and locked away."
    )


@strawberry.type
class ChangeOwnPasswordPayload(Payload):
    done: bool = False


@strawberry.type
class AccountsMutation:
    @strawberry.mutation(
        description="The second step of signing in. Whatever is wrong, the answer is that of `signIn`; wrong codes lock the account as wrong passwords do."
    )
    async def complete_sign_in(self, info: Info, given: Given[CompleteSignInInput]) -> SignInPayload:
        context = info.context
        step = SecondStep(given.challenge, given.code, context.address)

        async def made() -> SignInPayload:
            services = context.services
            begun = await second_step.complete_sign_in(
                services.entrance, step, services.clock, request_id=context.request_id
            )
            return sign_in_answer(info, begun)

        return await answering(info, SignInPayload, made)

    @strawberry.mutation(description="A secret for the viewer's authenticator app; of no effect until it is confirmed.")
    async def begin_second_factor(self, info: Info, given: Given[BeginSecondFactorInput]) -> BeginSecondFactorPayload:
        context = info.context
        context.require_fresh()

        async def made() -> BeginSecondFactorPayload:
            services, signed_in = context.services, context.require_own_name()
            begun = await second_factor.begin_second_factor(
                services.entrance, signed_in, given.password, services.clock, request_id=context.request_id
            )
            return BeginSecondFactorPayload(errors=[], secret=begun.secret, otpauth_uri=begun.uri)

        return await answering(info, BeginSecondFactorPayload, made)

    @strawberry.mutation(
        description="From now on signing in takes two steps. All sessions of the account end; the new token is the present session's successor."
    )
    async def confirm_second_factor(
        self, info: Info, given: Given[ConfirmSecondFactorInput]
    ) -> ConfirmSecondFactorPayload:
        context = info.context
        context.require_fresh()

        async def made() -> ConfirmSecondFactorPayload:
            services, signed_in = context.services, context.require_own_name()
            done = await second_factor.confirm_second_factor(
                services.entrance, signed_in, given.code, services.clock, request_id=context.request_id
            )
            context.become(done.begun.signed_in)
            expires_at, codes = done.begun.signed_in.expires_at, list(done.recovery_codes)
            return ConfirmSecondFactorPayload(
                errors=[], token=done.begun.token, expires_at=expires_at, recovery_codes=codes
            )

        return await answering(info, ConfirmSecondFactorPayload, made)

    @strawberry.mutation(
        description="For the security administrator, when a member has lost device and recovery codes: he enrols anew. His sessions end."
    )
    async def remove_second_factor(self, info: Info, given: Given[RemoveSecondFactorInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.member_id, "Member", "memberId")
            return await administration.remove_second_factor(scope, info.context.services.entrance, key)

        return await perform(info, MemberPayload, given, act)

    @strawberry.mutation(
        description="The session for a ticket that an identity provider's way back gave. Whatever is wrong, the answer is that of `signIn`."
    )
    async def redeem_ticket(self, info: Info, given: Given[RedeemTicketInput]) -> SignInPayload:
        context = info.context
        redeeming = Redeeming(given.ticket, given.verifier, context.address)

        async def made() -> SignInPayload:
            services = context.services
            begun = await tickets.redeem(services.entrance, redeeming, services.clock, request_id=context.request_id)
            return sign_in_answer(info, begun)

        return await answering(info, SignInPayload, made)

    @strawberry.mutation(
        description="For the security administrator: whom a configured identity provider names so may come in as this member."
    )
    async def link_identity(self, info: Info, given: Given[LinkIdentityInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            services, key = info.context.services, key_of(given.member_id, "Member", "memberId")
            issuer = services.issuers.get(given.provider)
            return await administration.link_identity(
                scope, services.entrance, key, provider=given.provider, issuer=issuer, subject=given.subject
            )

        return await perform(info, MemberPayload, given, act)

    @strawberry.mutation(
        description="For the security administrator: nobody of the provider comes in as this member any more; sessions so begun end."
    )
    async def unlink_identity(self, info: Info, given: Given[UnlinkIdentityInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.member_id, "Member", "memberId")
            return await administration.unlink_identity(scope, info.context.services.entrance, key, given.provider)

        return await perform(info, MemberPayload, given, act)

    @strawberry.mutation(
        description="Another password of one's own. This session stays, all others end. All that an expired password is good for."
    )
    async def change_own_password(self, info: Info, given: Given[ChangeOwnPasswordInput]) -> ChangeOwnPasswordPayload:
        context = info.context
        signed_in = context.require_signed_in()

        async def made() -> ChangeOwnPasswordPayload:
            services = context.services
            if signed_in.standing is not None:
                raise NOT_IN_OWN_NAME()
            await own_password.change_own_password(
                services.entrance,
                signed_in,
                given.old_password,
                given.new_password,
                services.clock,
                request_id=context.request_id,
            )
            return ChangeOwnPasswordPayload(errors=[], done=True)

        return await answering(info, ChangeOwnPasswordPayload, made)

    @strawberry.mutation(
        description=(
            "For the security administrator: a password that the member must change when he next signs in. "
            "His sessions and tokens end, and a lock is taken away."
        )
    )
    async def reset_password(self, info: Info, given: Given[ResetPasswordInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.member_id, "Member", "memberId")
            return await administration.reset_password(scope, info.context.services.entrance, key, given.password)

        # A password takes no part in what is kept of a request, not even in a keyed hash.
        return await perform(info, MemberPayload, dataclasses.replace(given, password=""), act)
