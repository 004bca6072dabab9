"""What an area further right may want to know of notices; bodies are JSON, ids are text."""

from uuid import UUID

from kernel import outbox
from kernel.database import WriteSession
from programmes.notices.model import Announcement

LIST_ANNOUNCED = "list_announced"
NOTICE_DUE = "notice_end"
"""The kind by which the end of a notice is remembered (`kernel.schedule`); its handler calls `end_notice`."""


async def announce_list(session: WriteSession, announcement: Announcement, application_ids: list[UUID]) -> None:
    """A list became final; cultivation begins for each of its cases, or the title is given at once, as the edition has it."""
    body = {
        "announcement_id": str(announcement.id),
        "edition_id": str(announcement.edition_id),
        "document_no": announcement.document_no,
        "announced_on": announcement.announced_on.isoformat(),
        "application_ids": [str(application_id) for application_id in application_ids],
    }
    await outbox.emit(session, LIST_ANNOUNCED, body, ordering_key=f"edition:{announcement.edition_id}")
