"""Keeping person files."""

import dataclasses
from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, answering, perform
from graphql_api.people.commands import CreatePersonInput, PersonFactsInput, RevealPersonInput, UpdatePersonInput
from graphql_api.people.types import PersonType
from graphql_api.sources import returned
from programmes.people import service as people
from programmes.people.rules import PersonFacts


@strawberry.type
class PersonPayload(Payload):
    person: PersonType | None = returned()


@strawberry.type
class RevealPersonPayload(Payload):
    id_number: str | None = None
    phone: str | None = None


@strawberry.type
class PeopleMutation:
    @strawberry.mutation(description="Enter a person's file.")
    async def create_person(self, info: Info, given: Given[CreatePersonInput]) -> PersonPayload:
        async def act(scope: WriteScope) -> UUID:
            person = await people.create_person(
                scope, _facts(given.facts), id_number=given.id_number, phone=given.phone
            )
            return person.id

        return await perform(info, PersonPayload, given, act)

    @strawberry.mutation(description="Correct a person's file; unions above that hold a copy see the change as drift.")
    async def update_person(self, info: Info, given: Given[UpdatePersonInput]) -> PersonPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.person_id, "Person", "personId")
            facts = _facts(given.facts)
            person = await people.update_person(scope, key, facts, phone=given.phone, version=given.version)
            return person.id

        return await perform(info, PersonPayload, given, act)

    @strawberry.mutation(description="Show ID number and phone in clear; each showing is audited with its reason.")
    async def reveal_person(self, info: Info, given: Given[RevealPersonInput]) -> RevealPersonPayload:
        info.context.require_actor()

        async def made() -> RevealPersonPayload:
            async with info.context.write() as scope:
                key = key_of(given.person_id, "Person", "personId")
                shown = await people.reveal_person(scope, key, reason=given.reason)
            return RevealPersonPayload(errors=[], id_number=shown.id_number, phone=shown.phone)

        return await answering(info, RevealPersonPayload, made)


def _facts(given: PersonFactsInput) -> PersonFacts:
    return PersonFacts(**dataclasses.asdict(given))
