"""Push, pull, accept, give back, undo."""

from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.applications.mutations import ApplicationPayload
from graphql_api.context import Info
from graphql_api.handovers.inputs import (
    ConfirmRequestInput,
    EscalateTitleInput,
    HandoverActInput,
    HandoverReasonInput,
    RequestCandidateInput,
    ReturnHandoverInput,
)
from graphql_api.handovers.types import HandoverType
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, perform
from graphql_api.sources import returned
from programmes.handovers import service as handovers


@strawberry.type
class HandoverPayload(Payload):
    handover: HandoverType | None = returned()


@strawberry.type
class HandoversMutation:
    @strawberry.mutation(description="Push: begin a case in an upper union's edition for a craftsman titled here.")
    async def escalate_title(self, info: Info, given: Given[EscalateTitleInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            application = await handovers.escalate_title(
                scope,
                key_of(given.title_id, "Title", "titleId"),
                edition_id=key_of(given.edition_id, "Edition", "editionId"),
                deeds=given.deeds,
                consent_on=given.consent_on,
            )
            return application.id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Pull: ask the union below for a candidate chosen from the own register.")
    async def request_candidate(self, info: Info, given: Given[RequestCandidateInput]) -> HandoverPayload:
        async def act(scope: WriteScope) -> UUID:
            entry = key_of(given.register_entry_id, "RegisterEntry", "registerEntryId")
            edition = key_of(given.edition_id, "Edition", "editionId")
            return (await handovers.request_candidate(scope, entry, edition_id=edition)).id

        return await perform(info, HandoverPayload, given, act)

    @strawberry.mutation(
        description="Agree to a request from above: the case is recommended and its dossier sent at once."
    )
    async def confirm_request(self, info: Info, given: Given[ConfirmRequestInput]) -> HandoverPayload:
        async def act(scope: WriteScope) -> UUID:
            confirmed = await handovers.confirm_request(
                scope,
                _key(given.handover_id),
                version=given.version,
                opinion=given.opinion,
                rank=given.rank,
                deeds=given.deeds,
                consent_on=given.consent_on,
            )
            return confirmed.id

        return await perform(info, HandoverPayload, given, act)

    @strawberry.mutation(description="Not give the candidate whom the upper union requested.")
    async def refuse_request(self, info: Info, given: Given[HandoverReasonInput]) -> HandoverPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.handover_id)
            return (await handovers.refuse_request(scope, key, version=given.version, reason=given.reason)).id

        return await perform(info, HandoverPayload, given, act)

    @strawberry.mutation(description="Take a case in: person, dossier and material become rows of this tenant.")
    async def accept_handover(self, info: Info, given: Given[HandoverActInput]) -> HandoverPayload:
        async def act(scope: WriteScope) -> UUID:
            return (await handovers.accept_handover(scope, _key(given.handover_id), version=given.version)).id

        return await perform(info, HandoverPayload, given, act)

    @strawberry.mutation(description="Give a case back for supplement.")
    async def return_handover(self, info: Info, given: Given[ReturnHandoverInput]) -> HandoverPayload:
        async def act(scope: WriteScope) -> UUID:
            sent_back = await handovers.return_handover(
                scope, _key(given.handover_id), version=given.version, reason=given.reason, due_on=given.due_on
            )
            return sent_back.id

        return await perform(info, HandoverPayload, given, act)

    @strawberry.mutation(description="Not take a case in at all.")
    async def decline_handover(self, info: Info, given: Given[HandoverReasonInput]) -> HandoverPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.handover_id)
            return (await handovers.decline_handover(scope, key, version=given.version, reason=given.reason)).id

        return await perform(info, HandoverPayload, given, act)

    @strawberry.mutation(description="Take back what was sent, as long as the upper union has not accepted it.")
    async def withdraw_handover(self, info: Info, given: Given[HandoverReasonInput]) -> HandoverPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.handover_id)
            return (await handovers.withdraw_handover(scope, key, version=given.version, reason=given.reason)).id

        return await perform(info, HandoverPayload, given, act)

    @strawberry.mutation(description="Take an acceptance back, so that the lower union may withdraw.")
    async def undo_acceptance(self, info: Info, given: Given[HandoverReasonInput]) -> HandoverPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.handover_id)
            return (await handovers.undo_acceptance(scope, key, version=given.version, reason=given.reason)).id

        return await perform(info, HandoverPayload, given, act)


def _key(given: strawberry.ID) -> UUID:
    return key_of(given, "Handover", "handoverId")
