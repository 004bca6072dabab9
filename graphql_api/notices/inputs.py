"""What notices can be filtered by, and what clients say when they act."""

import strawberry

from graphql_api.filters import among, equals, refers_to
from graphql_api.notices.words import (
    Channel,
    ComplainantKind,
    Decision,
    Inadmissible,
    NoticeState,
    ObjectionState,
    Outcome,
)
from graphql_api.scalars import Date
from programmes.notices.model import Announcement, Notice, Objection


@strawberry.input(description="Which notices; all given conditions hold.")
class NoticeFilter:
    edition: strawberry.ID | None = refers_to(Notice.edition_id, "Edition")
    state: NoticeState | None = equals(Notice.state)


@strawberry.input(description="Which objections; all given conditions hold.")
class ObjectionFilter:
    notice: strawberry.ID | None = refers_to(Objection.notice_id, "Notice")
    application: strawberry.ID | None = refers_to(Objection.application_id, "Application")
    state: list[ObjectionState] | None = among(Objection.state)


@strawberry.input(description="Which announcements; all given conditions hold.")
class AnnouncementFilter:
    edition: strawberry.ID | None = refers_to(Announcement.edition_id, "Edition")
    document_no: str | None = equals(Announcement.document_no)


@strawberry.input
class PublishNoticeInput:
    idempotency_key: str
    notice_id: strawberry.ID
    version: int


@strawberry.input
class DraftNoticeInput:
    idempotency_key: str
    edition_id: strawberry.ID
    application_ids: list[strawberry.ID] = strawberry.field(description="Deliberated cases, in the order of the list.")
    title: str
    starts_on: Date
    contact: str


@strawberry.input
class EndNoticeInput:
    idempotency_key: str
    notice_id: strawberry.ID
    version: int


@strawberry.input
class ComplainantInput:
    kind: ComplainantKind
    name: str = strawberry.field(default="", description="Real name, or the name of the unit.")
    contact: str = ""
    sealed: bool = strawberry.field(default=False, description="A unit's letter bears its seal.")


@strawberry.input
class LodgeObjectionInput:
    idempotency_key: str
    notice_id: strawberry.ID
    application_id: strawberry.ID
    channel: Channel
    content: str
    complainant: ComplainantInput
    received_on: Date
    postmarked_on: Date | None = strawberry.field(default=None, description="Of a letter: the day that counts.")


@strawberry.input
class AdmitObjectionInput:
    idempotency_key: str
    objection_id: strawberry.ID
    version: int


@strawberry.input
class RejectObjectionInput:
    idempotency_key: str
    objection_id: strawberry.ID
    version: int
    because: Inadmissible
    reply: str


@strawberry.input
class ConcludeObjectionInput:
    idempotency_key: str
    objection_id: strawberry.ID
    version: int
    outcome: Outcome
    findings: str


@strawberry.input
class ReviewConclusionInput:
    idempotency_key: str
    objection_id: strawberry.ID
    version: int
    agrees: bool = strawberry.field(description="False: the investigation goes on.")


@strawberry.input
class ApplyObjectionInput:
    idempotency_key: str
    objection_id: strawberry.ID
    version: int
    decision: Decision
    resolution_no: str
    reply: str


@strawberry.input
class RevealComplainantInput:
    objection_id: strawberry.ID
    reason: str


@strawberry.input
class AnnounceInput:
    idempotency_key: str
    edition_id: strawberry.ID
    document_no: str
    title: str
    announced_on: Date
    application_ids: list[strawberry.ID]
