"""What the contract shows of notices, objections and announcements. Of a person on a notice: five fields, and nothing else exists."""

import strawberry

from graphql_api.applications.types import ApplicationType
from graphql_api.catalogue.types import EditionType
from graphql_api.notices.words import (
    Channel,
    ComplainantKind,
    Decision,
    Inadmissible,
    NoticeState,
    ObjectionState,
    Outcome,
)
from graphql_api.pagination import Connection
from graphql_api.people.types import Sex
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, column, descending, to_many, to_one
from programmes.notices import queries
from programmes.notices.model import Announcement, AnnouncementItem, Notice, NoticeItem, Objection


@strawberry.type(
    name="NoticeItem", description="A person on a notice, as everybody may see him; frozen when it was published."
)
class NoticeItemType(Node):
    __source__ = Source(NoticeItem, order=(NoticeItem.position,), visible=queries.visible_notice_items)

    position: int = column(NoticeItem.position)
    name: str = column(NoticeItem.name)
    sex: Sex = column(NoticeItem.sex)
    employer: str = column(NoticeItem.employer)
    occupation: str = column(NoticeItem.occupation)
    recommending_unit: str = column(NoticeItem.recommending_unit)
    application_id: strawberry.ID = column(NoticeItem.application_id, refers="Application")


@strawberry.type(name="Notice", description="A public notice, before the decision takes effect, to collect objections.")
class NoticeType(Node):
    __source__ = Source(Notice, order=(descending(Notice.starts_on),), visible=queries.visible_notices)

    edition: EditionType | None = to_one(Notice.edition_id)
    title: str = column(Notice.title)
    working_days: int = column(Notice.working_days)
    starts_on: Date = column(Notice.starts_on)
    ends_on: Date = column(Notice.ends_on, description="The last day, itself included; the first day counts.")
    contact: str = column(Notice.contact, description="Where objections are taken.")
    state: NoticeState = column(Notice.state)
    items: Connection[NoticeItemType] = to_many(NoticeItem.notice_id)
    version: int = column(Notice.version)


@strawberry.type(
    name="Objection", description="What was reported about a person on a notice; who reported it is sealed."
)
class ObjectionType(Node):
    __source__ = Source(Objection, order=(descending(Objection.received_on),), visible=queries.visible_objections)

    notice: NoticeType | None = to_one(Objection.notice_id)
    application: ApplicationType | None = to_one(Objection.application_id)
    channel: Channel = column(Objection.channel)
    content: str = column(Objection.content)
    complainant_kind: ComplainantKind = column(Objection.complainant_kind)
    received_on: Date = column(Objection.received_on)
    postmarked_on: Date | None = column(Objection.postmarked_on)
    state: ObjectionState = column(Objection.state)
    inadmissible_because: Inadmissible | None = column(Objection.inadmissible_because)
    outcome: Outcome | None = column(Objection.outcome, description="Counts when a second person has confirmed it.")
    findings: str | None = column(Objection.findings)
    decision: Decision | None = column(Objection.decision)
    resolution_no: str | None = column(Objection.resolution_no)
    reply: str | None = column(Objection.reply, description="What whoever objected is told.")
    replied_at: DateTime | None = column(Objection.replied_at)
    version: int = column(Objection.version)


@strawberry.type(description="Who objected; shown to an investigator only, and each showing is audited.")
class Complainant:
    kind: ComplainantKind
    name: str
    contact: str
    sealed: bool = strawberry.field(description="A unit's letter bears its seal.")


@strawberry.type(name="AnnouncementItem", description="A case that an announcement names.")
class AnnouncementItemType(Node):
    __source__ = Source(AnnouncementItem, visible=queries.visible_announcement_items)

    application: ApplicationType | None = to_one(AnnouncementItem.application_id)


@strawberry.type(name="Announcement", description="The formal document that makes a list final.")
class AnnouncementType(Node):
    __source__ = Source(
        Announcement, order=(descending(Announcement.announced_on),), visible=queries.visible_announcements
    )

    edition: EditionType | None = to_one(Announcement.edition_id)
    document_no: str = column(Announcement.document_no)
    title: str = column(Announcement.title)
    announced_on: Date = column(Announcement.announced_on)
    recorded_at: DateTime = column(Announcement.recorded_at)
    items: Connection[AnnouncementItemType] = to_many(AnnouncementItem.announcement_id)
