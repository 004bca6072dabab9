"""What people can be filtered by, and what clients say when they keep their files."""

import strawberry

from graphql_api.filters import begins, equals
from programmes.people.model import Person


@strawberry.input(description="Which files; all given conditions hold.")
class PersonFilter:
    name: str | None = begins(Person.name, description="The name begins so.")
    employer: str | None = begins(Person.employer, description="The employer's name begins so.")
    in_service: bool | None = equals(Person.in_service)


@strawberry.input(description="What a clerk enters of a person, the sealed numbers aside. Months are `YYYY-MM`.")
class PersonFactsInput:
    name: str
    employer: str
    occupation: str
    frontline_since: str = strawberry.field(description="First month of work on the line.")
    employer_code: str | None = strawberry.field(default=None, description="Unified social credit code.")
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
    id_number: str = strawberry.field(description="GB 11643, 18 characters; kept sealed.")
    phone: str | None = strawberry.field(default=None, description="Kept sealed.")
    facts: PersonFactsInput


@strawberry.input
class UpdatePersonInput:
    idempotency_key: str
    person_id: strawberry.ID
    version: int
    phone: str | None = strawberry.field(default=None, description="Not given: stays as it is.")
    facts: PersonFactsInput


@strawberry.input
class RevealPersonInput:
    person_id: strawberry.ID
    reason: str = strawberry.field(description="Why it must be seen; kept with the audit entry.")
