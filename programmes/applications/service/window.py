"""When an edition takes applications, and days that must not lie ahead."""

from datetime import date
from uuid import UUID

from authz.scope import WriteScope
from programmes.applications.errors import BAD_DATE
from programmes.applications.rules.completeness import Window, require_open
from programmes.catalogue.queries import get_edition, rulebook_of


async def require_window(scope: WriteScope, edition_id: UUID, *, supplement_due_on: date | None = None) -> None:
    """Raises OUTSIDE_WINDOW unless the edition takes applications today, or the supplement that was asked for."""
    edition = await get_edition(scope.session, edition_id)
    rulebook = await rulebook_of(scope.session, edition_id)
    window = Window(edition.state, edition.opens_on, edition.closes_on, rulebook.stages[0].cite.citation)
    require_open(window, scope.clock.today(), supplement_due_on=supplement_due_on)


def past_day(scope: WriteScope, day: date | None, field: str) -> date | None:
    """The day as it may be stored; raises BAD_DATE at the field for one that lies ahead."""
    if day is not None and day > scope.clock.today():
        raise BAD_DATE(path=("input", field))
    return day
