"""Keeping person files."""

import dataclasses
from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, answering, perform
from graphql_api.people.commands import (
    CreatePersonInput,
    ExportPersonInput,
    PersonFactsInput,
    RecordConsentInput,
    RevealPersonInput,
    UpdatePersonInput,
    WithdrawConsentInput,
)
from graphql_api.people.types import PersonType
from graphql_api.scalars import Json
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
class ExportPersonPayload(Payload):
    content: Json | None = strawberry.field(
        default=None, description="`person`, `rows` by table, `withheld` with reasons, `seenBy`."
    )


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

    @strawberry.mutation(description="A person agreed to one purpose; also after having taken it back.")
    async def record_consent(self, info: Info, given: Given[RecordConsentInput]) -> PersonPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.person_id, "Person", "personId")
            consent = await people.record_consent(
                scope, key, given.purpose, given_on=given.given_on, document=given.document
            )
            return consent.person_id

        return await perform(info, PersonPayload, given, act)

    @strawberry.mutation(
        description="A person takes a consent back: what was not accepted yet returns, nothing goes further, registers forget the name."
    )
    async def withdraw_consent(self, info: Info, given: Given[WithdrawConsentInput]) -> PersonPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.person_id, "Person", "personId")
            consent = await people.withdraw_consent(scope, key, given.purpose, reason=given.reason)
            return consent.person_id

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

    @strawberry.mutation(
        description="Everything this union holds about a person, to be handed to him; each export is audited with its reason."
    )
    async def export_person(self, info: Info, given: Given[ExportPersonInput]) -> ExportPersonPayload:
        info.context.require_actor()

        async def made() -> ExportPersonPayload:
            async with info.context.write() as scope:
                key = key_of(given.person_id, "Person", "personId")
                content = await people.export_subject(scope, key, reason=given.reason)
            return ExportPersonPayload(errors=[], content=Json(content))

        return await answering(info, ExportPersonPayload, made)


def _facts(given: PersonFactsInput) -> PersonFacts:
    return PersonFacts(**dataclasses.asdict(given))
