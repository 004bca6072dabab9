"""The edition that an act of this area belongs to: one, of this tenant, with the stage in question."""

from collections.abc import Collection
from uuid import UUID

from authz.scope import WriteScope
from kernel.errors import NOT_FOUND
from programmes.catalogue.model import Edition
from programmes.catalogue.queries import get_edition, rulebook_of
from programmes.scoring.errors import NO_SCORING_STAGE, NOTHING_DECIDED, SEVERAL_EDITIONS


async def own_edition(scope: WriteScope, edition_id: UUID) -> Edition:
    """An edition that this union organises; raises NOT_FOUND for any other."""
    edition = await get_edition(scope.session, edition_id)
    if edition.tenant_id != scope.tenant_id:
        raise NOT_FOUND(path=("input", "editionId"))
    return edition


async def require_scoring(scope: WriteScope, edition_ids: Collection[UUID]) -> int:
    """How many experts a case of the one edition needs; raises NO_SCORING_STAGE where the edition does not score."""
    if not edition_ids:
        raise NOTHING_DECIDED(path=("input", "applicationIds"))
    if len(edition_ids) > 1:
        raise SEVERAL_EDITIONS(path=("input", "applicationIds"))
    (edition_id,) = edition_ids
    rulebook = await rulebook_of(scope.session, edition_id)
    if rulebook.scoring is None or not rulebook.has_stage("itemised_scoring"):
        raise NO_SCORING_STAGE()
    return rulebook.scoring.experts_per_case or 1
