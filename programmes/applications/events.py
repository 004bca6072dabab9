"""What an area further right, or a worker, may want to know of a case. Bodies are JSON; ids are text."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from kernel import outbox
from kernel.database import WriteSession
from kernel.live import announce_change
from programmes.applications.model import Application

APPLICATION_MOVED = "application_moved"
CASE_FORWARDED = "case_forwarded"


async def announce_move(session: WriteSession, application: Application, act: str, from_state: str | None) -> None:
    """A case went from one state to another, or a desk further."""
    body = {
        "application_id": str(application.id),
        "case_id": str(application.case_id),
        "edition_id": str(application.edition_id),
        "desk": application.desk,
        "act": act,
        "from": from_state,
        "to": application.state,
    }
    await outbox.emit(session, APPLICATION_MOVED, body, ordering_key=case_key(application.case_id))
    announce_change(session, "application", application.id, act, application.updated_at)


async def announce_forwarding(
    session: WriteSession, application: Application, *, to: UUID, snapshot_id: UUID, legal_basis: str
) -> None:
    """A dossier was frozen and is to be handed over to the next desk."""
    body: Mapping[str, Any] = {
        "application_id": str(application.id),
        "to": str(to),
        "snapshot_id": str(snapshot_id),
        "legal_basis": legal_basis,
    }
    await outbox.emit(session, CASE_FORWARDED, body, ordering_key=case_key(application.case_id))


def case_key(case_id: UUID) -> str:
    """The ordering key of everything that concerns one case."""
    return f"case:{case_id}"
