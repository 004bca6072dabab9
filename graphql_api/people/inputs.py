"""What people can be filtered by."""

import strawberry

from graphql_api.filters import begins, equals
from programmes.people.model import Person


@strawberry.input(description="Which files; all given conditions hold.")
class PersonFilter:
    name: str | None = begins(Person.name, description="The name begins so.")
    employer: str | None = begins(Person.employer, description="The employer's name begins so.")
    in_service: bool | None = equals(Person.in_service)
