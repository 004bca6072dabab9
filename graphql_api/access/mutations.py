"""Ending a member's sessions, closing and opening his account."""

from uuid import UUID

import strawberry

from authz import account_access
from authz.scope import WriteScope
from graphql_api.access.inputs import CloseAccountInput, EndMemberSessionsInput, OpenAccountInput
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, perform
from graphql_api.tenants.mutations import MemberPayload


@strawberry.type
class AccessMutation:
    @strawberry.mutation(
        description="End all sessions of a member in this union, at once; for its system and security administrators."
    )
    async def end_member_sessions(self, info: Info, given: Given[EndMemberSessionsInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.member_id, "Member", "memberId")
            return await account_access.end_member_sessions(scope, info.context.services.entrance, key)

        return await perform(info, MemberPayload, given, act)

    @strawberry.mutation(
        description="For the security administrator: nobody signs in with this member's account any more, in no union; his sessions end."
    )
    async def close_account(self, info: Info, given: Given[CloseAccountInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.member_id, "Member", "memberId")
            return await account_access.close_account(scope, info.context.services.entrance, key)

        return await perform(info, MemberPayload, given, act)

    @strawberry.mutation(
        description="For the security administrator: the account is good again after it was closed, unused for long, or locked."
    )
    async def open_account(self, info: Info, given: Given[OpenAccountInput]) -> MemberPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.member_id, "Member", "memberId")
            return await account_access.open_account(scope, info.context.services.entrance, key)

        return await perform(info, MemberPayload, given, act)
