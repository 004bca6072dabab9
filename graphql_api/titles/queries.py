"""Reading titles, certificates, honours, and the course of a person's."""

import strawberry

from graphql_api.context import Info
from graphql_api.ids import encode_id, find_key
from graphql_api.pagination import Connection
from graphql_api.sources import many, one
from graphql_api.titles.inputs import CertificateFilter, HonourFilter, TitleFilter
from graphql_api.titles.types import CertificateType, HonourType, TimelineEntryType, TimelineKind, TitleType
from programmes.titles.queries import TimelineEntry
from programmes.titles.service import read_timeline


@strawberry.type
class TitlesQuery:
    """The roots of titles."""

    title: TitleType | None = one(description="One title.")
    titles: Connection[TitleType] | None = many(
        filter=TitleFilter, description="The titles granted by this union, the newest first."
    )
    certificate: CertificateType | None = one(description="One certificate.")
    certificates: Connection[CertificateType] | None = many(
        filter=CertificateFilter, description="The certificates of this union, the newest first."
    )
    honour: HonourType | None = one(description="One honour.")
    honours: Connection[HonourType] | None = many(
        filter=HonourFilter, description="Titles that other unions granted to people of this one, the newest first."
    )

    @strawberry.field(description="Titles granted and revoked here and honours from elsewhere, the oldest first.")
    async def person_timeline(self, info: Info, person_id: strawberry.ID) -> list[TimelineEntryType] | None:
        """The course of one person; empty for somebody this union does not know."""
        key = find_key(person_id, "Person")
        if key is None:
            return []
        async with info.context.read() as scope:
            info.context.shown.add("personTimeline", "person", [key])
            return [_shown(entry) for entry in await read_timeline(scope, key)]


def _shown(entry: TimelineEntry) -> TimelineEntryType:
    kind = TimelineKind(entry.kind)
    type_name = "Honour" if kind is TimelineKind.HONOURED else "Title"
    return TimelineEntryType(
        on=entry.on,
        kind=kind,
        name=entry.name,
        document_no=entry.document_no,
        by_id=strawberry.ID(encode_id("Tenant", entry.by_id)),
        object_id=strawberry.ID(encode_id(type_name, entry.object_id)),
    )
