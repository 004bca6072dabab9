"""Granting and revoking titles."""

from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.ids import encode_id, key_of
from graphql_api.mutations import Answer, Given, Payload, perform
from graphql_api.sources import returned
from graphql_api.titles.inputs import CertifyApplicationInput, NameDirectlyInput, RevokeTitleInput
from graphql_api.titles.types import TitleType
from programmes.titles import service as titles


@strawberry.type
class TitlePayload(Payload):
    title: TitleType | None = returned()


@strawberry.type
class TitlesPayload(Payload):
    title_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Of the titles, in the order of the list that was given."
    )


@strawberry.type
class TitlesMutation:
    @strawberry.mutation(description="Issue the certificate after a passed assessment, and with it the title.")
    async def certify_application(self, info: Info, given: Given[CertifyApplicationInput]) -> TitlePayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.application_id, "Application", "applicationId")
            title = await titles.certify(scope, key, document_no=given.document_no, version=given.version)
            return title.id

        return await perform(info, TitlePayload, given, act)

    @strawberry.mutation(description="Name the announced people of an edition without cultivation: all, or none.")
    async def name_directly(self, info: Info, given: Given[NameDirectlyInput]) -> TitlesPayload:
        async def act(scope: WriteScope) -> Answer:
            edition = key_of(given.edition_id, "Edition", "editionId")
            keys = [key_of(each, "Application", "applicationIds") for each in given.application_ids]
            granted = await titles.name_directly(scope, edition, keys, document_no=given.document_no)
            return Answer(values={"title_ids": [encode_id("Title", title.id) for title in granted]})

        return await perform(info, TitlesPayload, given, act)

    @strawberry.mutation(description="Take a title back by the organiser's resolution (S1 art. 22, S0 art. 16).")
    async def revoke_title(self, info: Info, given: Given[RevokeTitleInput]) -> TitlePayload:
        async def act(scope: WriteScope) -> UUID:
            title = await titles.revoke(
                scope,
                key_of(given.title_id, "Title", "titleId"),
                ground=given.ground,
                resolution_no=given.resolution_no,
                note=given.note,
                version=given.version,
            )
            return title.id

        return await perform(info, TitlePayload, given, act)
