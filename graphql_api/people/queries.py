"""Reading people."""

import strawberry

from graphql_api.pagination import Connection
from graphql_api.people.inputs import PersonFilter
from graphql_api.people.types import PersonType
from graphql_api.sources import many, one


@strawberry.type
class PeopleQuery:
    """The roots of people."""

    person: PersonType | None = one(description="One person's file.")
    people: Connection[PersonType] | None = many(filter=PersonFilter, description="The files of this union, by name.")
