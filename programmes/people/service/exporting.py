"""Everything this union holds about a person, as it may be handed to him (PIPL 第四十五条), and who has looked at his sealed numbers.

What belongs to a person is found by the columns that name him, his cases, his titles and their handovers, in every table there is: a table that comes later
is exported without being told. What is withheld is listed, with its reason and how much it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Table, or_, select

from authz import guard
from authz.permissions import Permission
from authz.scope import ReadScope, WriteScope, audit_act
from authz.subject import Subject
from kernel.audit import AuditEntry
from kernel.database import Base, ReadSession
from kernel.text import clean_text
from programmes.people.queries import get_person
from programmes.people.service.files import export_person

REFERS = {
    "person_id": "person",
    "leader_id": "person",
    "application_id": "application",
    "title_id": "title",
    "handover_id": "handover",
    "plan_id": "cultivation_plan",
}
_FIRST = tuple(dict.fromkeys(REFERS.values()))
_LOOKS = ("person:reveal", "person:export")
_REASON_LIMIT = 200
WITHHELD = {
    "objection": "whoever objected is protected",
    "assignment": "review is confidential to the panel",
    "score_sheet": "review is confidential to the panel",
    "score_summary": "review is confidential to the panel",
    "meeting_item": "review is confidential to the panel",
}
"""Tables whose rows about a person are counted and not shown (domain §7: scores, minutes, objectors)."""


@dataclass(frozen=True)
class Look:
    """One time somebody saw what is sealed in a file."""

    at: datetime
    actor: str
    act: str
    reason: str | None


async def export_subject(scope: WriteScope, person_id: UUID, *, reason: str) -> dict[str, Any]:
    """The file in clear, all rows about the person by table, what is withheld, and who looked; leaves an audit entry with the reason."""
    person = await get_person(scope.session, person_id)
    await guard.require(scope, Permission.PERSON_EXPORT, Subject(kind="person", id=person.id))
    why = clean_text(reason, path=("input", "reason"), limit=_REASON_LIMIT)
    held = await rows_about(scope.session, person_id)
    looks = await _list_looks(scope.session, person_id)
    audit_act(scope, "person:export", "person", person.id, after={"reason": why})
    return {
        "person": export_person(scope, person),
        "rows": {name: rows for name, rows in held.items() if rows and name not in {"person", *WITHHELD}},
        "withheld": {name: {"rows": len(held[name]), "why": why} for name, why in WITHHELD.items() if held.get(name)},
        "seenBy": [{"at": look.at.isoformat(), "actor": look.actor, "act": look.act} for look in looks],
    }


async def who_saw(scope: ReadScope, person_id: UUID) -> Sequence[Look]:
    """Every showing of a person's sealed numbers in this union, the oldest first; for whoever may read the audit trail."""
    await guard.require(scope, Permission.AUDIT_READ, Subject(kind="audit", id=person_id))
    return await _list_looks(scope.session, person_id)


async def rows_about(session: ReadSession, person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """By table, the rows that name the person, one of his cases or titles, or a handover of those; without sealed values and indexes."""
    found: dict[str, list[dict[str, Any]]] = {}
    keys: dict[str, list[UUID]] = {"person": [person_id]}
    for table in _tables():
        links = [(column, keys[goal]) for column, goal in _links(table) if keys.get(goal)]
        if table.name == "person":
            links = [(table.c.id, [person_id])]
        if not links or "tenant_id" not in table.c:
            continue
        about = or_(*(column.in_(values) for column, values in links))
        query = select(*_shown(table)).where(table.c.tenant_id == session.tenant_id, about).order_by(table.c.id)
        rows = (await session.execute(query)).mappings().all()
        found[f"{table.name}"] = [_plain(row) for row in rows]
        keys[table.name] = [row["id"] for row in rows]
    return found


async def _list_looks(session: ReadSession, person_id: UUID) -> list[Look]:
    query = select(AuditEntry).where(
        AuditEntry.tenant_id == session.tenant_id,
        AuditEntry.object_kind == "person",
        AuditEntry.object_id == person_id,
        AuditEntry.act.in_(_LOOKS),
    )
    entries = (await session.execute(query.order_by(AuditEntry.id))).scalars().all()
    return [Look(entry.at, entry.actor, entry.act, (entry.after or {}).get("reason")) for entry in entries]


def _tables() -> list[Table]:
    """All tables; those that others refer to come first, in their own order."""
    first = [Base.metadata.tables[name] for name in _FIRST]
    return [*first, *(table for table in Base.metadata.sorted_tables if table.name not in _FIRST)]


def _links(table: Table) -> list[tuple[Column[Any], str]]:
    return [(table.c[name], goal) for name, goal in REFERS.items() if name in table.c]


def _shown(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if not isinstance(column.type, LargeBinary)]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {f"{name}": _as_json(value) for name, value in row.items()}


def _as_json(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
