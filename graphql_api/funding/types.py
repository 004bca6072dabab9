"""What the contract shows of money."""

from collections.abc import Sequence

import strawberry

from authz.permissions import Permission
from authz.predicate import Columns
from authz.scope import ReadScope
from graphql_api.catalogue.types import EditionType, ProgrammeType
from graphql_api.context import Info
from graphql_api.errors import RuleCitation
from graphql_api.funding.words import FundingKind, FundingState, Payee
from graphql_api.people.types import PersonType
from graphql_api.scalars import Date, DateTime, Money
from graphql_api.sources import Node, Row, Source, allowed, column, computed, descending, money, to_one
from graphql_api.studios.types import InnovationStudioType
from graphql_api.titles.types import HonourType
from programmes.funding.errors import question_sentence
from programmes.funding.model import FundingRecord, RewardResult


@strawberry.type(description="What a person must decide before a record goes on.")
class FundingQuestion:
    """A question, in the reader's language."""

    code: str = strawberry.field(description="Stable; the catalogue is errors.json of the contract.")
    document: strawberry.Private[str]
    article: strawberry.Private[str]

    @strawberry.field(description="For a person to read; zh-CN, or English by Accept-Language.")
    def message(self, info: Info) -> str:
        """The sentence of the question."""
        return question_sentence(self.code, self.document, self.article, info.context.language)


async def questions(scope: ReadScope, rows: Sequence[Row]) -> list[FundingQuestion | None]:  # noqa: ARG001 - a batch
    """The open questions of all records of a level."""
    return [
        FundingQuestion(code=row["question"], document=row["document"], article=row["article"])
        if row["question"]
        else None
        for row in rows
    ]


async def citations(scope: ReadScope, rows: Sequence[Row]) -> list[RuleCitation]:  # noqa: ARG001 - a batch
    """Where the rules of all records of a level stand."""
    return [RuleCitation(document=row["document"], article=row["article"]) for row in rows]


@strawberry.type(name="FundingRecord", description="Money that a rule says is due: one record for each rule and cause.")
class FundingRecordType(Node):
    __source__ = Source(
        FundingRecord,
        order=(descending(FundingRecord.due_on),),
        visible=allowed(Permission.FUNDING_READ, Columns(id=FundingRecord.id, stage=FundingRecord.state)),
    )

    rule_code: str = column(FundingRecord.rule_code)
    rule: RuleCitation = computed(
        citations,
        needs=(FundingRecord.document, FundingRecord.article),
        description="Where the money rule stands.",
    )
    kind: FundingKind = column(FundingRecord.kind)
    state: FundingState = column(FundingRecord.state)
    amount: Money | None = money(FundingRecord.amount_fen, description="Null: the document names none.")
    base: Money | None = money(FundingRecord.base_fen, description="The reward that a match was counted from.")
    question: FundingQuestion | None = computed(
        questions,
        needs=(FundingRecord.question, FundingRecord.document, FundingRecord.article),
        description="What a person must decide first.",
    )
    answer: str | None = column(FundingRecord.answer)
    answer_document_no: str | None = column(FundingRecord.answer_document_no)
    payee: Payee | None = column(FundingRecord.payee_kind)
    year: int = column(FundingRecord.year)
    due_on: Date = column(FundingRecord.due_on)
    purpose: str = column(FundingRecord.purpose)
    recoverable: str = column(FundingRecord.recoverable, description="yes, no or silent.")
    voucher_no: str | None = column(FundingRecord.voucher_no)
    paid_on: Date | None = column(FundingRecord.paid_on)
    case_id: strawberry.ID | None = column(FundingRecord.case_id, refers="Case")
    programme: ProgrammeType | None = to_one(FundingRecord.programme_id)
    edition: EditionType | None = to_one(FundingRecord.edition_id)
    person: PersonType | None = to_one(FundingRecord.person_id)
    studio: InnovationStudioType | None = to_one(FundingRecord.studio_id)
    version: int = column(FundingRecord.version)
    created_at: DateTime = column(FundingRecord.created_at)
    updated_at: DateTime = column(FundingRecord.updated_at)


@strawberry.type(name="RewardResult", description="What an upper level paid for an honour of one of our people.")
class RewardResultType(Node):
    __source__ = Source(
        RewardResult,
        order=(descending(RewardResult.recorded_at),),
        visible=allowed(Permission.REWARD_READ, Columns(id=RewardResult.id)),
    )

    kind: FundingKind = column(RewardResult.kind)
    amount: Money = money(RewardResult.amount_fen)
    document_no: str = column(RewardResult.document_no)
    honour: HonourType | None = to_one(RewardResult.honour_id)
    person: PersonType | None = to_one(RewardResult.person_id)
    recorded_at: DateTime = column(RewardResult.recorded_at)
