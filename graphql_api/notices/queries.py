"""Reading notices, objections and announcements."""

import strawberry

from graphql_api.notices.inputs import AnnouncementFilter, NoticeFilter, ObjectionFilter
from graphql_api.notices.types import AnnouncementType, NoticeType, ObjectionType
from graphql_api.pagination import Connection
from graphql_api.sources import many, one


@strawberry.type
class NoticesQuery:
    """The roots of notices."""

    notice: NoticeType | None = one(description="One notice.")
    notices: Connection[NoticeType] | None = many(filter=NoticeFilter, description="Notices, the latest first.")
    objection: ObjectionType | None = one(description="One objection.")
    objections: Connection[ObjectionType] | None = many(
        filter=ObjectionFilter, description="Objections, the latest first."
    )
    announcement: AnnouncementType | None = one(description="One announcement.")
    announcements: Connection[AnnouncementType] | None = many(
        filter=AnnouncementFilter, description="Announcements, the latest first."
    )
