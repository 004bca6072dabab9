"""The register of an upper union, and drift.

Every title granted below that the route names is announced to it, with consent and few fields; what changes below after an acceptance is listed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope
from authz.subject import Subject
from kernel import outbox
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.letters import Letter
from programmes.applications.events import case_key
from programmes.catalogue.queries import rulebook_of
from programmes.handovers.model import Drift, RegisterEntry
from programmes.handovers.repository import find_register_entry, get_of_sender, list_accepted_of_person
from programmes.handovers.rules import Direction
from programmes.handovers.service.steps import subject_of, tell
from programmes.people.queries import has_consent
from programmes.people.rules import Purpose
from programmes.titles.model import Title
from programmes.titles.queries import RegisterCard, get_title, list_titles_held, register_card
from tenants.queries import is_below, list_superiors

_BLANK = "—"
_TOLD = {"person_name": "name", "sex": "sex", "employer": "employer", "occupation": "occupation", "state": "state"}
"""What a later letter about a title may change: column of the entry, word of the letter."""


async def announce_to_registers(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `title_granted` and `title_revoked`: write to each union above whose register the rulebook names."""
    title = await get_title(scope.session, UUID(body["title_id"]))
    if not await has_consent(scope.session, title.person_id, Purpose.REGISTER):
        return
    await write_to_registers(scope, title, _letter_body(await register_card(scope.session, title.id)))


async def write_to_registers(scope: WriteScope, title: Title, body: Mapping[str, Any]) -> None:
    """The letter about a title to every union above whose register the rulebook names."""
    rulebook = await rulebook_of(scope.session, title.edition_id)
    await guard.require(scope, Permission.HANDOVER_SEND, Subject(kind="handover", id=None))
    for superior in await list_superiors(scope.session, scope.actor.tenant):
        if superior.level in rulebook.register_levels:
            await outbox.post(
                scope.session,
                to=superior.id,
                kind="register_entry",
                body=body,
                ordering_key=case_key(title.case_id),
            )


async def leave_registers(scope: WriteScope, person_id: UUID) -> None:
    """The person takes his consent to the registers back: what stands there of him is blanked, the title stays counted."""
    for title in await list_titles_held(scope.session, person_id, scope.clock.today()):
        body = _letter_body(await register_card(scope.session, title.id))
        blank = dict.fromkeys(("name", "employer", "occupation"), _BLANK)
        await write_to_registers(scope, title, {**body, **blank, "state": "withdrawn"})


def _letter_body(card: RegisterCard) -> dict[str, Any]:
    return {
        "title_id": str(card.title_id),
        "case_id": str(card.case_id),
        "title_code": card.title_code,
        "title_name": card.title_name,
        "name": card.person_name,
        "sex": card.sex,
        "employer": card.employer,
        "occupation": card.occupation,
        "granted_on": card.granted_on.isoformat(),
        "state": card.state,
    }


async def enter_in_register(scope: WriteScope, letter: Letter) -> None:
    """Above: a title granted below, or its end."""
    body = letter.body
    await guard.require(scope, Permission.REGISTER_ENTER, Subject(kind="register", id=None))
    entry = await find_register_entry(scope.session, UUID(body["title_id"]))
    now = scope.clock.now()
    if entry is not None and entry.source_tenant_id != letter.sender_id:
        raise NOT_FOUND()
    if entry is not None and _says(entry, body):
        return
    if entry is None and not await is_below(scope.session, scope.actor.tenant, letter.sender_id):
        raise NOT_FOUND()
    if entry is None:
        entry = RegisterEntry(
            tenant_id=scope.tenant_id,
            id=new_id(),
            source_tenant_id=letter.sender_id,
            source_title_id=UUID(body["title_id"]),
            case_id=UUID(body["case_id"]),
            title_code=body["title_code"],
            title_name=body["title_name"],
            granted_on=date.fromisoformat(body["granted_on"]),
            created_at=now,
            version=0,
        )
        scope.session.add(entry)
    for column, word in _told(entry).items():
        setattr(entry, column, body[word])
    entry.version += 1
    entry.updated_at = now
    await scope.session.flush()


def _says(entry: RegisterEntry, body: Mapping[str, Any]) -> bool:
    """Whether the entry already holds what the letter tells."""
    return all(getattr(entry, column) == body[word] for column, word in _told(entry).items())


def _told(entry: RegisterEntry) -> Mapping[str, str]:
    """An entry that was erased here learns no name again."""
    return _TOLD if entry.erased_on is None else {"state": "state"}


async def report_drift(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `person_changed`: unions above that accepted a case of this person are told which fields changed."""
    for handover in await list_accepted_of_person(scope.session, UUID(body["person_id"])):
        await tell(scope, handover, "drift", change_id=body["change_id"], at=body["at"], changes=body["changes"])


async def note_drift(scope: WriteScope, letter: Letter) -> None:
    """Above: list what changed below since the case was accepted; the own copy stays as it was."""
    handover = await get_of_sender(scope.session, letter, Direction.INCOMING)
    await guard.require(scope, Permission.HANDOVER_DELIVER, subject_of(handover))
    rows = [
        {
            "tenant_id": scope.tenant_id,
            "id": new_id(),
            "handover_id": handover.id,
            "change_id": UUID(letter.body["change_id"]),
            "field": name,
            "before": _shown(before),
            "after": _shown(after),
            "at": datetime.fromisoformat(letter.body["at"]),
        }
        for name, (before, after) in sorted(letter.body["changes"].items())
    ]
    await scope.session.execute(insert(Drift).values(rows).on_conflict_do_nothing())


def _shown(value: object) -> str | None:
    return None if value is None else str(value)
