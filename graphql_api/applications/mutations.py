"""A case from the draft to the formal review."""

from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.applications.commands import (
    AddEvidenceInput,
    AddPeerLetterInput,
    ApplicationActInput,
    ApplicationReasonInput,
    CreateApplicationInput,
    EndorseApplicationInput,
    RecommendApplicationInput,
    RemoveEvidenceInput,
    RemovePeerLetterInput,
    ReviewApplicationInput,
    ReviseApplicationInput,
)
from graphql_api.applications.types import ApplicationType
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, perform
from graphql_api.sources import returned
from programmes.applications import service as applications
from programmes.applications.rules.eligibility import Answer
from programmes.applications.service.material import EvidenceInput, LetterInput


@strawberry.type
class ApplicationPayload(Payload):
    application: ApplicationType | None = returned()


@strawberry.type
class ApplicationsMutation:
    @strawberry.mutation(description="Begin a case of a person in an edition.")
    async def create_application(self, info: Info, given: Given[CreateApplicationInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            application = await applications.create_application(
                scope,
                edition_id=key_of(given.edition_id, "Edition", "editionId"),
                person_id=key_of(given.person_id, "Person", "personId"),
                deeds=given.deeds,
                consent_on=given.consent_on,
            )
            return application.id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Change a draft; what is not given stays.")
    async def revise_application(self, info: Info, given: Given[ReviseApplicationInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            application = await applications.revise_application(
                scope,
                _key(given.application_id),
                version=given.version,
                deeds=given.deeds,
                consent_on=given.consent_on,
                exception_reason=given.exception_reason,
                exception_approver=given.exception_approver,
            )
            return application.id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Add a piece of supporting material to one item of the five forces.")
    async def add_evidence(self, info: Info, given: Given[AddEvidenceInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            entry = EvidenceInput(
                force=given.force,
                item=given.item,
                title=given.title,
                issuer=given.issuer,
                issued_on=given.issued_on,
                file_sha256=given.file_sha256,
                note=given.note,
            )
            return (await applications.add_evidence(scope, _key(given.application_id), entry)).application_id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Take a piece of material out of a draft.")
    async def remove_evidence(self, info: Info, given: Given[RemoveEvidenceInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.evidence_id, "Evidence", "evidenceId")
            return (await applications.remove_evidence(scope, key, version=given.version)).id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Add the letter of a senior peer from outside the applicant's unit.")
    async def add_peer_letter(self, info: Info, given: Given[AddPeerLetterInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            entry = LetterInput(
                expert_name=given.expert_name,
                expert_unit=given.expert_unit,
                expert_post=given.expert_post,
                profession=given.profession,
                senior_by=given.senior_by,
                content=given.content,
                signed_on=given.signed_on,
            )
            return (await applications.add_letter(scope, _key(given.application_id), entry)).application_id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Take a peer's letter out of a draft.")
    async def remove_peer_letter(self, info: Info, given: Given[RemovePeerLetterInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.peer_letter_id, "PeerLetter", "peerLetterId")
            return (await applications.remove_letter(scope, key, version=given.version)).id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Hand the draft to the unit's own union.")
    async def submit_application(self, info: Info, given: Given[ApplicationActInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.application_id)
            return (await applications.submit_application(scope, key, version=given.version)).id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Step back, while that is still possible.")
    async def withdraw_application(self, info: Info, given: Given[ApplicationReasonInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.application_id)
            withdrawn = await applications.withdraw_application(scope, key, version=given.version, reason=given.reason)
            return withdrawn.id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Give a submitted draft back to whoever wrote it.")
    async def return_application(self, info: Info, given: Given[ApplicationReasonInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.application_id)
            returned_case = await applications.return_application(
                scope, key, version=given.version, reason=given.reason
            )
            return returned_case.id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Agree as the unit's own union; the case goes to the recommending unit.")
    async def endorse_application(self, info: Info, given: Given[EndorseApplicationInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.application_id)
            endorsed = await applications.endorse_application(scope, key, version=given.version, opinion=given.opinion)
            return endorsed.id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Not agree as the unit's own union.")
    async def decline_application(self, info: Info, given: Given[ApplicationReasonInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.application_id)
            return (await applications.decline_application(scope, key, version=given.version, reason=given.reason)).id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(
        description="Choose the case as a nominee, within the quota; the dossier is frozen and goes up."
    )
    async def recommend_application(self, info: Info, given: Given[RecommendApplicationInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            recommended = await applications.recommend_application(
                scope,
                _key(given.application_id),
                version=given.version,
                opinion=given.opinion,
                rank=given.rank,
            )
            return recommended.id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(description="Not choose the case, by a recorded collective decision.")
    async def not_recommend_application(self, info: Info, given: Given[ApplicationReasonInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.application_id)
            closed = await applications.not_recommend_application(
                scope, key, version=given.version, reason=given.reason
            )
            return closed.id

        return await perform(info, ApplicationPayload, given, act)

    @strawberry.mutation(
        description="Formal review by the organiser: every condition with its article, then pass or reject."
    )
    async def review_application(self, info: Info, given: Given[ReviewApplicationInput]) -> ApplicationPayload:
        async def act(scope: WriteScope) -> UUID:
            reviewed = await applications.review_formally(
                scope,
                _key(given.application_id),
                version=given.version,
                passed=given.passed,
                answers=[Answer(check.key, check.met, check.remark) for check in given.checks],
                reason=given.reason,
            )
            return reviewed.id

        return await perform(info, ApplicationPayload, given, act)


def _key(given: strawberry.ID) -> UUID:
    return key_of(given, "Application", "applicationId")
