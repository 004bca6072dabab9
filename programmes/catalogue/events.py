"""What the catalogue announces; reactions to it run after the commit."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kernel import outbox
from kernel.database import WriteSession

RECOMMENDING_GRANT = "recommending_grant"
"""The letter that tells a recommending unit what an edition allows it: `{edition_id, kind, places, document_no}`."""
EDITION_OPENS = "edition_opens"
"""Remembered for the first day on which an edition takes applications."""
EDITION_CLOSES = "edition_closes"
"""Remembered for the day after the last."""


@dataclass(frozen=True)
class EditionMoved:
    """An edition came into a new state."""

    name: ClassVar[str] = "edition_moved"
    edition_id: UUID
    from_state: str
    to_state: str


async def emit(session: WriteSession, event: EditionMoved) -> UUID:
    """Leave the event in the outbox of the running transaction; events of one edition arrive in order."""
    body = {"edition_id": str(event.edition_id), "from_state": event.from_state, "to_state": event.to_state}
    return await outbox.emit(session, event.name, body, ordering_key=f"edition:{event.edition_id}")


async def post_grant(
    session: WriteSession,
    *,
    to: UUID,
    edition_id: UUID,
    kind: str,
    places: int | None,
    document_no: str | None,
) -> UUID:
    """Send a recommending unit its grant."""
    body = {"edition_id": str(edition_id), "kind": kind, "places": places, "document_no": document_no}
    return await outbox.post(
        session, to=to, kind=RECOMMENDING_GRANT, body=body, ordering_key=f"edition:{edition_id}:{to}"
    )
