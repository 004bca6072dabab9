"""Reading people."""

import strawberry

from graphql_api.context import Info
from graphql_api.ids import find_key
from graphql_api.pagination import Connection
from graphql_api.people.inputs import PersonFilter
from graphql_api.people.types import LookType, PersonType
from graphql_api.sources import many, one
from programmes.people.service import who_saw


@strawberry.type
class PeopleQuery:
    """The roots of people."""

    person: PersonType | None = one(description="One person's file.")
    people: Connection[PersonType] | None = many(filter=PersonFilter, description="The files of this union, by name.")

    @strawberry.field(description="Who saw a person's sealed numbers in this union, the oldest first.")
    async def who_saw(self, info: Info, person_id: strawberry.ID) -> list[LookType] | None:
        """For whoever may read the audit trail; empty for somebody this union does not know."""
        key = find_key(person_id, "Person")
        if key is None:
            return []
        async with info.context.read() as scope:
            return [
                LookType(at=look.at, actor=look.actor, act=look.act, reason=look.reason)
                for look in await who_saw(scope, key)
            ]
