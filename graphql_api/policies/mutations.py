"""A union's own rules: tightening them, and lifting that again."""

from uuid import UUID

import strawberry

from authz import tightening
from authz.scope import WriteScope
from authz.tightening import NewTightening
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, perform
from graphql_api.policies.inputs import LiftPolicyInput, TightenPolicyInput
from graphql_api.policies.types import PolicyTighteningType
from graphql_api.sources import returned


@strawberry.type
class PolicyTighteningPayload(Payload):
    tightening: PolicyTighteningType | None = returned()


@strawberry.type
class PoliciesMutation:
    @strawberry.mutation(
        description="Forbid this union's people something beyond the policy, from the next request on; for its security administrator."
    )
    async def tighten_policy(self, info: Info, given: Given[TightenPolicyInput]) -> PolicyTighteningPayload:
        async def act(scope: WriteScope) -> UUID:
            new = NewTightening(
                role=given.role.value,
                permission=given.action,
                stage=given.stage,
                binds_below=given.binds_below,
                reason=given.reason,
                document=given.document,
                valid_from=given.valid_from,
                valid_to=given.valid_to,
            )
            return await tightening.tighten(scope, new)

        return await perform(info, PolicyTighteningPayload, given, act)

    @strawberry.mutation(
        description="Allow again what this union itself has forbidden, from the next request on; for its security administrator."
    )
    async def lift_policy(self, info: Info, given: Given[LiftPolicyInput]) -> PolicyTighteningPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.tightening_id, "PolicyTightening", "tighteningId")
            return await tightening.lift(scope, key, given.version)

        return await perform(info, PolicyTighteningPayload, given, act)
