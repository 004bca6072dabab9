"""The roots of programmes and editions."""

import strawberry

from graphql_api.catalogue.inputs import EditionFilter
from graphql_api.catalogue.types import EditionType, ProgrammeType
from graphql_api.pagination import Connection
from graphql_api.sources import many, one
from programmes.catalogue.queries import own_or_above


@strawberry.type
class CatalogueQuery:
    programme: ProgrammeType | None = one(description="A programme.")
    programmes: Connection[ProgrammeType] | None = many(description="All programmes, by code.")
    edition: EditionType | None = one(description="An edition.")
    editions: Connection[EditionType] | None = many(
        filter=EditionFilter,
        where=lambda actor: own_or_above(actor.tenant),
        description="One's own editions, drafts too, and the published ones of those above on both lines; the newest first.",
    )
