"""Deciding on money and paying it: three persons for each payment."""

from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.funding.inputs import (
    AnswerFundingQuestionInput,
    FundingActInput,
    RecordPaymentInput,
    RecordRewardInput,
)
from graphql_api.funding.types import FundingRecordType, RewardResultType
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, perform
from graphql_api.scalars import Decimal
from graphql_api.sources import returned
from kernel.money import fen_from_yuan
from programmes.funding import service as funding
from programmes.funding.rules import Answer


@strawberry.type
class FundingRecordPayload(Payload):
    record: FundingRecordType | None = returned()


@strawberry.type
class RewardResultPayload(Payload):
    reward: RewardResultType | None = returned()


@strawberry.type
class FundingMutation:
    @strawberry.mutation(description="Decide, with a document, what the rule's own document leaves open.")
    async def answer_funding_question(
        self, info: Info, given: Given[AnswerFundingQuestionInput]
    ) -> FundingRecordPayload:
        async def act(scope: WriteScope) -> UUID:
            amount = None if given.amount is None else _fen(given.amount)
            record = await funding.answer_question(
                scope,
                _record(given.record_id),
                Answer(agreed=given.agreed, payee_kind=given.payee, amount_fen=amount),
                reason=given.reason,
                document_no=given.document_no,
                version=given.version,
            )
            return record.id

        return await perform(info, FundingRecordPayload, given, act)

    @strawberry.mutation(description="Ask for a planned record to be paid.")
    async def apply_for_payment(self, info: Info, given: Given[FundingActInput]) -> FundingRecordPayload:
        async def act(scope: WriteScope) -> UUID:
            return (await funding.apply_for_payment(scope, _record(given.record_id), version=given.version)).id

        return await perform(info, FundingRecordPayload, given, act)

    @strawberry.mutation(description="Approve a payment; not by the one who applied for it or recommended the person.")
    async def approve_payment(self, info: Info, given: Given[FundingActInput]) -> FundingRecordPayload:
        async def act(scope: WriteScope) -> UUID:
            return (await funding.approve_payment(scope, _record(given.record_id), version=given.version)).id

        return await perform(info, FundingRecordPayload, given, act)

    @strawberry.mutation(description="Record that it was paid, with the voucher; by a third person.")
    async def record_payment(self, info: Info, given: Given[RecordPaymentInput]) -> FundingRecordPayload:
        async def act(scope: WriteScope) -> UUID:
            record = await funding.record_payment(
                scope, _record(given.record_id), voucher_no=given.voucher_no, version=given.version
            )
            return record.id

        return await perform(info, FundingRecordPayload, given, act)

    @strawberry.mutation(description="Record what the upper level paid for an honour; matches are counted from it.")
    async def record_reward(self, info: Info, given: Given[RecordRewardInput]) -> RewardResultPayload:
        async def act(scope: WriteScope) -> UUID:
            reward = await funding.record_reward(
                scope,
                key_of(given.honour_id, "Honour", "honourId"),
                kind=given.kind,
                amount_fen=_fen(given.amount),
                document_no=given.document_no,
            )
            return reward.id

        return await perform(info, RewardResultPayload, given, act)


def _record(given: strawberry.ID) -> UUID:
    return key_of(given, "FundingRecord", "recordId")


def _fen(amount: Decimal) -> int:
    return fen_from_yuan(str(amount), path=("input", "amount"))
