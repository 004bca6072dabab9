"""What the contract shows of a person's file. What is sealed is never read here; the hints stand in its place."""

from enum import StrEnum

import strawberry

from authz.permissions import Permission
from authz.predicate import Columns
from graphql_api.masks import starred, with_right
from graphql_api.people.words import Purpose
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, allowed, column, masked, to_many
from programmes.people.model import Consent, Person


@strawberry.enum(description="As in the ID document.")
class Sex(StrEnum):
    """The values of `person.sex`."""

    MALE = "male"
    FEMALE = "female"


@strawberry.type(name="Look", description="One time somebody saw the sealed numbers of a file.")
class LookType:
    at: DateTime
    actor: str
    act: str
    reason: str | None


@strawberry.type(name="Consent", description="What a person agreed to, and when he took it back.")
class ConsentType(Node):
    __source__ = Source(
        Consent,
        order=(Consent.id,),
        visible=allowed(Permission.PERSON_READ, Columns(id=Consent.person_id)),
    )

    purpose: Purpose = column(Consent.purpose)
    given_on: Date = column(Consent.given_on)
    document: str | None = column(Consent.document, description="The paper that shows it; null: entered with a case.")
    withdrawn_on: Date | None = column(Consent.withdrawn_on, description="Null while it is in force.")
    reason: str | None = column(Consent.reason)
    version: int = column(Consent.version)


@strawberry.type(name="Person", description="A person's file, as this union keeps it.")
class PersonType(Node):
    __source__ = Source(
        Person,
        order=(Person.name_sort_key,),
        visible=allowed(Permission.PERSON_READ, Columns(id=Person.id)),
        personal="person",
    )

    name: str = column(Person.name)
    sex: Sex = column(Person.sex)
    birth_month: str = column(Person.birth_month, description="`YYYY-MM`.")
    id_number_hint: str = column(
        Person.id_number_hint, description="The ID number, masked; the number itself is shown by revealPerson only."
    )
    phone_hint: str | None = column(Person.phone_hint, description="The phone number, masked.")
    ethnicity: str | None = masked(
        Person.ethnicity,
        mask=starred,
        unless=with_right(Permission.PERSON_REVEAL),
        description="Stars for those who may not reveal the file.",
    )
    political_status: str | None = masked(
        Person.political_status,
        mask=starred,
        unless=with_right(Permission.PERSON_REVEAL),
        description="Stars for those who may not reveal the file.",
    )
    education: str | None = column(Person.education)
    employer: str = column(Person.employer)
    employer_code: str | None = column(Person.employer_code, description="Unified social credit code.")
    post: str | None = column(Person.post)
    occupation: str = column(Person.occupation)
    industry: str | None = column(Person.industry)
    professional_title: str | None = column(Person.professional_title)
    skill_grade: str | None = column(Person.skill_grade)
    worked_since: str | None = column(Person.worked_since, description="`YYYY-MM`.")
    frontline_since: str = column(Person.frontline_since, description="First month of work on the line, `YYYY-MM`.")
    in_service: bool = column(Person.in_service)
    is_migrant_worker: bool = column(Person.is_migrant_worker)
    erased_on: Date | None = column(
        Person.erased_on, description="From this day the file names nobody: dashes, no numbers, of months the years."
    )
    consents: list[ConsentType] = to_many(Consent.person_id, description="The oldest first.")
    version: int = column(Person.version)
    created_at: DateTime = column(Person.created_at)
    updated_at: DateTime = column(Person.updated_at)
