"""What clients say when they keep a person's file."""

import strawberry

from graphql_api.people.words import Purpose
from graphql_api.scalars import Date


@strawberry.input(
    description="What a file holds of a person; months are YYYY-MM. Sex and month of birth follow from the ID number."
)
class PersonFactsInput:
    name: str
    employer: str
    occupation: str
    frontline_since: str = strawberry.field(description="First month on the production line.")
    employer_code: str | None = strawberry.field(
        default=None, description="Unified social credit code of the employer."
    )
    post: str | None = None
    industry: str | None = None
    ethnicity: str | None = None
    political_status: str | None = None
    education: str | None = None
    professional_title: str | None = None
    skill_grade: str | None = None
    worked_since: str | None = None
    in_service: bool = True
    is_migrant_worker: bool = False


@strawberry.input
class CreatePersonInput:
    idempotency_key: str
    facts: PersonFactsInput
    id_number: str = strawberry.field(description="18 places; sealed at once and never shown in a list.")
    phone: str | None = None


@strawberry.input
class UpdatePersonInput:
    idempotency_key: str
    person_id: strawberry.ID
    version: int
    facts: PersonFactsInput
    phone: str | None = strawberry.field(default=None, description="Left as it is where it is not given.")


@strawberry.input
class RecordConsentInput:
    idempotency_key: str
    person_id: strawberry.ID
    purpose: Purpose
    given_on: Date
    document: str | None = strawberry.field(default=None, description="The paper that shows it.")


@strawberry.input
class WithdrawConsentInput:
    idempotency_key: str
    person_id: strawberry.ID
    purpose: Purpose
    reason: str


@strawberry.input
class ExportPersonInput:
    person_id: strawberry.ID
    reason: str = strawberry.field(description="Who asked for it and how; kept in the audit trail.")


@strawberry.input
class RevealPersonInput:
    person_id: strawberry.ID
    reason: str = strawberry.field(description="Why the numbers must be seen; kept in the audit trail.")
