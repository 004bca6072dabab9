"""An issued edition runs: opened and closed by its dates or by hand, moved on by what happens to its cases, or cancelled."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from kernel.database import ReadSession
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.catalogue import events
from programmes.catalogue.events import EditionMoved
from programmes.catalogue.model import Edition
from programmes.catalogue.queries import DueEdition, list_due_editions
from programmes.catalogue.rules.editions import Act, next_state, reaches
from programmes.catalogue.service.standing import lock_for, require_next

_REASON_LIMIT = 500
_DOCUMENT_LIMIT = 60


async def open_edition(scope: WriteScope, edition_id: UUID, *, version: int | None = None) -> Edition:
    """Begin to take applications; a worker says no version. Raises EDITION_STATE."""
    edition = await lock_for(scope, edition_id, Permission.EDITION_OPEN)
    return await _move(scope, edition, "open", version)


async def close_edition(scope: WriteScope, edition_id: UUID, *, version: int | None = None) -> Edition:
    """Take no more applications; the review begins. Raises EDITION_STATE."""
    edition = await lock_for(scope, edition_id, Permission.EDITION_CLOSE)
    return await _move(scope, edition, "close", version)


async def advance_edition(scope: WriteScope, edition_id: UUID, act: Act) -> Edition:
    """Move on with the cases (determine, announce, start_cultivation, close_out); where the edition is that far already, nothing happens."""
    edition = await lock_for(scope, edition_id, Permission.EDITION_ADVANCE)
    if reaches(edition.state, act):
        return edition
    return await _move(scope, edition, act, None)


_FOLLOWS: dict[str, Act] = {
    "in_public_notice": "determine",
    "announced": "announce",
    "cultivating": "start_cultivation",
}


async def follow_case(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `application_moved`: the edition stands where the furthest of its cases stands, as far as its own dates allow."""
    act = _FOLLOWS.get(body["to"])
    if act is None or body["desk"] != "organiser":
        return
    edition = await lock_for(scope, UUID(body["edition_id"]), Permission.EDITION_ADVANCE)
    if not reaches(edition.state, act) and next_state(edition.state, act) is not None:
        await _move(scope, edition, act, None)


async def cancel_edition(
    scope: WriteScope, edition_id: UUID, *, version: int, reason: str, document_no: str
) -> Edition:
    """Give the edition up before it is announced, with a reason and a document. Raises EDITION_STATE."""
    edition = await lock_for(scope, edition_id, Permission.EDITION_CANCEL)
    why = clean_text(reason, path=("input", "reason"), limit=_REASON_LIMIT)
    document = clean_text(document_no, path=("input", "documentNo"), limit=_DOCUMENT_LIMIT)
    return await _move(scope, edition, "cancel", version, {"reason": why, "document_no": document})


async def due_editions(session: ReadSession, today: date) -> Sequence[DueEdition]:
    """What the schedule says must be opened or closed today, for whichever organiser; each is then done bound to that organiser."""
    return await list_due_editions(session, today)


async def on_edition_due(scope: WriteScope, _edition_id: UUID) -> None:
    """A date that was remembered when the edition was issued has come."""
    await run_schedule(scope)


async def run_schedule(scope: WriteScope) -> Sequence[Edition]:
    """Open and close this tenant's editions that are due today; again and again, once in effect."""
    moved: list[Edition] = []
    for due in await list_due_editions(scope.session, scope.clock.today()):
        if due.organiser_id == scope.tenant_id:
            do = open_edition if due.act == "open" else close_edition
            moved.append(await do(scope, due.edition_id))
    return moved


async def _move(
    scope: WriteScope, edition: Edition, act: Act, version: int | None, note: dict[str, str] | None = None
) -> Edition:
    if version is not None:
        require_version(edition, version)
    before, target = edition.state, require_next(edition, act)
    edition.state = target
    touch(edition, scope.clock.now())
    await scope.session.flush()
    after = {"state": target, **(note or {})}
    audit_act(scope, f"edition:{act}", "edition", edition.id, before={"state": before}, after=after)
    await events.emit(scope.session, EditionMoved(edition.id, before, target))
    return edition
