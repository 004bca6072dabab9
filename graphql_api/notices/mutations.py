"""From the notice to the announcement."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Answer, Given, Payload, answering, perform
from graphql_api.notices.inputs import (
    AdmitObjectionInput,
    AnnounceInput,
    ApplyObjectionInput,
    ConcludeObjectionInput,
    DraftNoticeInput,
    EndNoticeInput,
    LodgeObjectionInput,
    PublishNoticeInput,
    RejectObjectionInput,
    RevealComplainantInput,
    ReviewConclusionInput,
)
from graphql_api.notices.types import AnnouncementType, Complainant, NoticeType, ObjectionType
from graphql_api.sources import returned
from programmes.notices import service as notices
from programmes.notices.rules import objections as rules


@strawberry.type
class NoticePayload(Payload):
    notice: NoticeType | None = returned()


@strawberry.type
class LodgeObjectionPayload(Payload):
    objection: ObjectionType | None = returned(description="Null for those who may lodge, but not read objections.")
    accepted: bool | None = strawberry.field(default=None, description="False: not admitted, see the reply.")
    reply: str | None = None


@strawberry.type
class ObjectionPayload(Payload):
    objection: ObjectionType | None = returned()


@strawberry.type
class RevealComplainantPayload(Payload):
    complainant: Complainant | None = None


@strawberry.type
class AnnouncementPayload(Payload):
    announcement: AnnouncementType | None = returned()


@strawberry.type
class NoticesMutation:
    @strawberry.mutation(description="Set up the notice of a deliberated list, for another person to publish.")
    async def draft_notice(self, info: Info, given: Given[DraftNoticeInput]) -> NoticePayload:
        async def act(scope: WriteScope) -> UUID:
            edition = key_of(given.edition_id, "Edition", "editionId")
            entry = notices.NoticeEntry(given.title, given.starts_on, given.contact)
            return (await notices.draft_notice(scope, edition, entry, _cases(given.application_ids))).id

        return await perform(info, NoticePayload, given, act)

    @strawberry.mutation(
        description="Publish a drafted notice for the edition's working days; never by whoever drafted it."
    )
    async def publish_notice(self, info: Info, given: Given[PublishNoticeInput]) -> NoticePayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.notice_id, "Notice", "noticeId")
            return (await notices.publish_notice(scope, key, version=given.version)).id

        return await perform(info, NoticePayload, given, act)

    @strawberry.mutation(description="Close a notice whose last day is over; the clock does it too.")
    async def end_notice(self, info: Info, given: Given[EndNoticeInput]) -> NoticePayload:
        async def act(scope: WriteScope) -> UUID:
            key = key_of(given.notice_id, "Notice", "noticeId")
            return (await notices.end_notice(scope, key, version=given.version)).id

        return await perform(info, NoticePayload, given, act)

    @strawberry.mutation(
        description="Record an objection to a person on a notice; late or anonymous ones are answered at once."
    )
    async def lodge_objection(self, info: Info, given: Given[LodgeObjectionInput]) -> LodgeObjectionPayload:
        async def act(scope: WriteScope) -> Answer:
            notice = key_of(given.notice_id, "Notice", "noticeId")
            case = key_of(given.application_id, "Application", "applicationId")
            lodged = await notices.lodge_objection(scope, notice, case, _objection(given))
            accepted = lodged.state != rules.ObjectionState.INADMISSIBLE
            return Answer({"objection": lodged.id}, {"accepted": accepted, "reply": lodged.reply})

        return await perform(info, LodgeObjectionPayload, given, act)

    @strawberry.mutation(description="Take a received objection up for investigation.")
    async def admit_objection(self, info: Info, given: Given[AdmitObjectionInput]) -> ObjectionPayload:
        async def act(scope: WriteScope) -> UUID:
            return (await notices.admit_objection(scope, _key(given.objection_id), version=given.version)).id

        return await perform(info, ObjectionPayload, given, act)

    @strawberry.mutation(description="Not hear a received objection, with a reply.")
    async def reject_objection(self, info: Info, given: Given[RejectObjectionInput]) -> ObjectionPayload:
        async def act(scope: WriteScope) -> UUID:
            rejected = await notices.reject_objection(
                scope, _key(given.objection_id), version=given.version, because=given.because, reply=given.reply
            )
            return rejected.id

        return await perform(info, ObjectionPayload, given, act)

    @strawberry.mutation(description="The investigator's finding; a second person confirms it.")
    async def conclude_objection(self, info: Info, given: Given[ConcludeObjectionInput]) -> ObjectionPayload:
        async def act(scope: WriteScope) -> UUID:
            concluded = await notices.conclude_objection(
                scope, _key(given.objection_id), version=given.version, outcome=given.outcome, findings=given.findings
            )
            return concluded.id

        return await perform(info, ObjectionPayload, given, act)

    @strawberry.mutation(description="The second person's word on a finding.")
    async def review_conclusion(self, info: Info, given: Given[ReviewConclusionInput]) -> ObjectionPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _key(given.objection_id)
            return (await notices.review_conclusion(scope, key, version=given.version, agrees=given.agrees)).id

        return await perform(info, ObjectionPayload, given, act)

    @strawberry.mutation(description="Carry out the resolution on a confirmed finding: remove or keep the person.")
    async def apply_objection(self, info: Info, given: Given[ApplyObjectionInput]) -> ObjectionPayload:
        async def act(scope: WriteScope) -> UUID:
            applied = await notices.apply_objection(
                scope,
                _key(given.objection_id),
                version=given.version,
                decision=given.decision,
                resolution_no=given.resolution_no,
                reply=given.reply,
            )
            return applied.id

        return await perform(info, ObjectionPayload, given, act)

    @strawberry.mutation(description="Show who objected, to an investigator; each showing is audited with its reason.")
    async def reveal_complainant(self, info: Info, given: Given[RevealComplainantInput]) -> RevealComplainantPayload:
        info.context.require_actor()

        async def made() -> RevealComplainantPayload:
            async with info.context.write() as scope:
                told = await notices.reveal_complainant(scope, _key(given.objection_id), reason=given.reason)
            shown = Complainant(kind=told.kind, name=told.name, contact=told.contact, sealed=told.sealed)
            return RevealComplainantPayload(errors=[], complainant=shown)

        return await answering(info, RevealComplainantPayload, made)

    @strawberry.mutation(description="Announce cases by a formal document; whoever an objection holds must wait.")
    async def announce(self, info: Info, given: Given[AnnounceInput]) -> AnnouncementPayload:
        async def act(scope: WriteScope) -> UUID:
            edition = key_of(given.edition_id, "Edition", "editionId")
            entry = notices.AnnouncementEntry(given.document_no, given.title, given.announced_on)
            return (await notices.announce(scope, edition, entry, _cases(given.application_ids))).id

        return await perform(info, AnnouncementPayload, given, act)


def _cases(given: Sequence[strawberry.ID]) -> list[UUID]:
    return [key_of(key, "Application", "applicationIds", str(position)) for position, key in enumerate(given)]


def _key(given: strawberry.ID) -> UUID:
    return key_of(given, "Objection", "objectionId")


def _objection(given: LodgeObjectionInput) -> notices.ObjectionEntry:
    told = given.complainant
    return notices.ObjectionEntry(
        channel=given.channel,
        content=given.content,
        complainant=rules.Complainant(told.kind, told.name, told.contact, told.sealed),
        received_on=given.received_on,
        postmarked_on=given.postmarked_on,
    )
