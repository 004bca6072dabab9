"""What money can be filtered by, and what clients say when they decide on it."""

import strawberry

from graphql_api.filters import among, at_least, at_most, equals, refers_to
from graphql_api.funding.words import FundingKind, FundingState, Payee
from graphql_api.scalars import Date, Decimal
from programmes.funding.model import FundingRecord


@strawberry.input(description="Which records; all given conditions hold.")
class FundingRecordFilter:
    year: int | None = equals(FundingRecord.year)
    rule: str | None = equals(FundingRecord.rule_code, description="Code of the money rule.")
    state: list[FundingState] | None = among(FundingRecord.state)
    kind: list[FundingKind] | None = among(FundingRecord.kind)
    person: strawberry.ID | None = refers_to(FundingRecord.person_id, "Person")
    studio: strawberry.ID | None = refers_to(FundingRecord.studio_id, "InnovationStudio")
    programme: strawberry.ID | None = refers_to(FundingRecord.programme_id, "Programme")
    due_from: Date | None = at_least(FundingRecord.due_on)
    due_until: Date | None = at_most(FundingRecord.due_on)


@strawberry.input
class AnswerFundingQuestionInput:
    idempotency_key: str
    record_id: strawberry.ID
    version: int
    agreed: bool
    reason: str
    document_no: str
    payee: Payee | None = strawberry.field(default=None, description="Where the payee was what was open.")
    amount: Decimal | None = strawberry.field(default=None, description="In 元, where the amount was what was open.")


@strawberry.input
class FundingActInput:
    idempotency_key: str
    record_id: strawberry.ID
    version: int


@strawberry.input
class RecordPaymentInput:
    idempotency_key: str
    record_id: strawberry.ID
    version: int
    voucher_no: str


@strawberry.input
class RecordRewardInput:
    idempotency_key: str
    honour_id: strawberry.ID
    kind: FundingKind
    amount: Decimal = strawberry.field(description="In 元, at most two decimals.")
    document_no: str
