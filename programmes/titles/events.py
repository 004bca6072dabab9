"""What others may want to know of titles. Bodies are JSON; ids are text."""

from kernel import outbox
from kernel.database import WriteSession
from programmes.applications.events import case_key
from programmes.titles.model import Honour, Revocation, Title

TITLE_GRANTED = "title_granted"
TITLE_REVOKED = "title_revoked"
HONOUR_RECORDED = "honour_recorded"


async def announce_grant(session: WriteSession, title: Title) -> None:
    """A title was granted here, with its certificate."""
    await outbox.emit(session, TITLE_GRANTED, _body(title), ordering_key=case_key(title.case_id))


async def announce_revocation(session: WriteSession, title: Title, revocation: Revocation) -> None:
    """A title that was granted here was taken back."""
    body = {**_body(title), "ground": revocation.ground, "revoked_on": revocation.revoked_on.isoformat()}
    await outbox.emit(session, TITLE_REVOKED, body, ordering_key=case_key(title.case_id))


async def announce_honour(session: WriteSession, honour: Honour) -> None:
    """A title that an upper union granted, or took back, became known here."""
    body = {
        "honour_id": str(honour.id),
        "case_id": str(honour.case_id),
        "person_id": str(honour.person_id),
        "title_code": honour.title_code,
        "state": honour.state,
    }
    await outbox.emit(session, HONOUR_RECORDED, body, ordering_key=case_key(honour.case_id))


def _body(title: Title) -> dict[str, str]:
    return {
        "title_id": str(title.id),
        "case_id": str(title.case_id),
        "application_id": str(title.application_id),
        "person_id": str(title.person_id),
        "programme_id": str(title.programme_id),
        "edition_id": str(title.edition_id),
        "title_code": title.title_code,
        "granted_on": title.granted_on.isoformat(),
    }
