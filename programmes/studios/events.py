"""What others may want to know of studios. Bodies are JSON; ids are text."""

from kernel import outbox
from kernel.database import WriteSession
from programmes.studios.model import Studio

STUDIO_NAMED = "studio_named"


async def announce_naming(session: WriteSession, studio: Studio) -> None:
    """A studio was named here."""
    body = {
        "studio_id": str(studio.id),
        "leader_id": str(studio.leader_id),
        "kind": studio.kind,
        "level": studio.level,
        "named_on": studio.named_on.isoformat(),
    }
    await outbox.emit(session, STUDIO_NAMED, body, ordering_key=f"studio:{studio.id}")
