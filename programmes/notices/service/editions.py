"""The cases that an act of this area names: locked, each once, all of one edition of this union."""

from collections.abc import Sequence
from uuid import UUID

from authz.scope import WriteScope
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.catalogue.errors import EDITION_NOT_FOUND
from programmes.catalogue.model import Edition
from programmes.catalogue.queries import find_edition
from programmes.notices import repository
from programmes.notices.errors import CASE_NAMED_TWICE, CASE_OF_OTHER_EDITION, NOBODY_NAMED

_PATH = ("input", "applicationIds")


async def own_edition(scope: WriteScope, edition_id: UUID) -> Edition:
    """An edition that this union organises; raises EDITION_NOT_FOUND for any other, known or not."""
    edition = await find_edition(scope.session, edition_id)
    if edition is None or edition.tenant_id != scope.tenant_id:
        raise EDITION_NOT_FOUND(path=("input", "editionId"))
    return edition


async def lock_cases(scope: WriteScope, edition_id: UUID, application_ids: Sequence[UUID]) -> list[Application]:
    """The cases in the order given, locked."""
    if not application_ids:
        raise NOBODY_NAMED(path=_PATH)
    if len(set(application_ids)) != len(application_ids):
        raise CASE_NAMED_TWICE(path=_PATH)
    cases = await applications.lock_applications(scope, application_ids)
    others = [case.id for case in cases if case.edition_id != edition_id]
    if others:
        raise CASE_OF_OTHER_EDITION(path=_PATH, names=await repository.names_of(scope.session, others))
    return cases
