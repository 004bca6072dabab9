"""The edition that an act of this area belongs to: one, of this tenant, with the stage in question."""

from collections.abc import Collection
from uuid import UUID

from authz.scope import WriteScope
from programmes.catalogue.errors import EDITION_NOT_FOUND
from programmes.catalogue.model import Edition
from programmes.catalogue.queries import find_edition, rulebook_of
from programmes.scoring.errors import NO_SCORING_STAGE, NOTHING_DECIDED, SEVERAL_EDITIONS


async def own_edition(scope: WriteScope, edition_id: UUID) -> Edition:
    """An edition that this union organises; raises EDITION_NOT_FOUND for any other, known or not."""
    edition = await find_edition(scope.session, edition_id)
    if edition is None or edition.tenant_id != scope.tenant_id:
        raise EDITION_NOT_FOUND(path=("input", "editionId"))
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
