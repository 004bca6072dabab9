"""What is asked of the catalogue and what is given to it."""

import strawberry

from graphql_api.catalogue.types import EditionState
from graphql_api.filters import among, at_least, at_most, refers_to
from graphql_api.scalars import Date, Json
from programmes.catalogue.model import Edition


@strawberry.input(description="Every given field must hold.")
class EditionFilter:
    state: list[EditionState] | None = among(Edition.state)
    from_year: int | None = at_least(Edition.year)
    to_year: int | None = at_most(Edition.year)
    programme: strawberry.ID | None = refers_to(Edition.programme_id, "Programme")


@strawberry.input
class CreateEditionInput:
    idempotency_key: str
    programme_code: str
    year: int
    cohort_no: int = 1
    name: str | None = None
    opens_on: Date | None = None
    closes_on: Date | None = None


@strawberry.input(description="A value for a key of the rulebook's silences.")
class FillValueInput:
    key: str = strawberry.field(description="A silence's key, or one of those its `*` stands for.")
    value: Json | None = strawberry.field(
        default=None,
        description="By the silence's kind: a number, true or false, a text, or `[{level, line}]`; null takes it back.",
    )


@strawberry.input
class FillEditionInput:
    idempotency_key: str
    edition_id: strawberry.ID
    version: int
    values: list[FillValueInput]


@strawberry.input
class QuotaFactorInput:
    key: str
    text: str


@strawberry.input
class SetQuotaInput:
    idempotency_key: str
    edition_id: strawberry.ID
    version: int = strawberry.field(description="The edition's.")
    unit_id: strawberry.ID
    places: int
    factors: list[QuotaFactorInput]


@strawberry.input
class IssueEditionInput:
    idempotency_key: str
    edition_id: strawberry.ID
    version: int
    document_no: str
    opens_on: Date | None = None
    closes_on: Date | None = None


@strawberry.input
class GrantExtraUnitInput:
    idempotency_key: str
    edition_id: strawberry.ID
    version: int = strawberry.field(description="The edition's.")
    unit_id: strawberry.ID
    document_no: str
    approved_by: str
    approved_on: Date
    places: int | None = None


@strawberry.input
class EditionActInput:
    idempotency_key: str
    edition_id: strawberry.ID
    version: int


@strawberry.input
class CancelEditionInput:
    idempotency_key: str
    edition_id: strawberry.ID
    version: int
    reason: str
    document_no: str
