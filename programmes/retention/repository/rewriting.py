"""Taking personal data out of every row that leads to a person. Which column becomes what stands in `rules.treatments`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, and_, delete, func, null, or_, select, update

from kernel.database import Base, WriteSession
from kernel.outbox import Job
from programmes.applications.model import Application, CaseClaim
from programmes.handovers.model import Handover, RegisterEntry
from programmes.people.model import Person
from programmes.people.service import REFERS
from programmes.retention.rules.treatments import LINE, STRUCK, TREATMENTS, Treatment

BLANK = "—"
SOMEBODY = "某"
_ENDED = ("done", "discarded")
_LEAST_NAME = 2
_VALUES: Mapping[Treatment, Any] = {
    Treatment.BLANK: BLANK,
    Treatment.EMPTY: "",
    Treatment.NOTHING: null(),
    Treatment.NO_ITEMS: [],
    Treatment.NO_MEMBERS: {},
}
Keys = dict[str, list[UUID]]


@dataclass(frozen=True)
class Erasing:
    """What is taken out: these cases of a person, or with `whole` everything of him."""

    person: Person
    cases: Sequence[UUID]
    whole: bool
    now: datetime
    today: date


async def rewrite(session: WriteSession, erasing: Erasing) -> dict[str, int]:
    """Do it; returns how many rows of each table were rewritten."""
    keys = await _list_keys(session, erasing)
    name = erasing.person.name
    done: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in TREATMENTS and (about := _about(table, keys)) is not None:
            done[table.name] = await _rewrite_rows(session, table, about, erasing)
    await _rewrite_jobs(session, erasing, keys)
    case_ids = select(Application.case_id).where(
        Application.tenant_id == session.tenant_id, Application.id.in_(keys["application"])
    )
    await session.execute(
        delete(CaseClaim).where(CaseClaim.tenant_id == session.tenant_id, CaseClaim.case_id.in_(case_ids))
    )
    if erasing.whole:
        done["register_entry"] = await _rewrite_lines(session, erasing, keys)
        await _strike(session, erasing, name)
    await session.refresh(erasing.person)
    return {f"{table}": count for table, count in done.items() if count}


async def rewrite_copy(session: WriteSession, model: Any, row_id: UUID, *, now: datetime, today: date) -> None:  # noqa: ANN401 - Handover or RegisterEntry
    """A dossier that was not taken in, or a line of the register; nobody here has a file of the person."""
    table = model.__table__
    columns = {**TREATMENTS, "register_entry": LINE}[table.name]
    one = and_(table.c.tenant_id == session.tenant_id, table.c.id == row_id)
    await session.execute(update(table).where(one).values(_values(table, columns, now, today)))
    if model is Handover:
        drift = Base.metadata.tables["drift"]
        of_it = and_(drift.c.tenant_id == session.tenant_id, drift.c.handover_id == row_id)
        await session.execute(update(drift).where(of_it).values(_values(drift, TREATMENTS["drift"], now, today)))


async def _list_keys(session: WriteSession, erasing: Erasing) -> Keys:
    """By table, the rows that others refer to."""
    keys: Keys = {"person": [erasing.person.id] if erasing.whole else [], "application": list(erasing.cases)}
    for name in dict.fromkeys(REFERS.values()):
        if name in keys:
            continue
        table = Base.metadata.tables[name]
        about = _about(table, keys)
        query = select(table.c.id).where(table.c.tenant_id == session.tenant_id)
        keys[name] = [] if about is None else list((await session.execute(query.where(about))).scalars())
    return keys


def _about(table: Table, keys: Mapping[str, Collection[UUID]]) -> ColumnElement[bool] | None:
    """Which rows of a table lead to one of these; None: none can."""
    if table.name in {"person", "application"}:
        return table.c.id.in_(keys[table.name]) if keys[table.name] else None
    links = [table.c[column].in_(keys[goal]) for column, goal in REFERS.items() if column in table.c and keys.get(goal)]
    return or_(*links) if links else None


async def _rewrite_rows(session: WriteSession, table: Table, about: ColumnElement[bool], erasing: Erasing) -> int:
    values = _values(table, TREATMENTS[table.name], erasing.now, erasing.today)
    changed = update(table).where(table.c.tenant_id == session.tenant_id, about).values(values)
    return len((await session.execute(changed.returning(table.c.id))).all())


def _values(table: Table, columns: Mapping[str, Treatment], now: datetime, today: date) -> dict[str, Any]:
    values = {name: _value(table.c[name], treatment) for name, treatment in columns.items()}
    if "version" in table.c:
        values |= {"version": table.c.version + 1, "updated_at": now}
    return values | ({"erased_on": today} if "erased_on" in table.c and table.name != "erasure_request" else {})


def _value(column: Column[Any], treatment: Treatment) -> Any:  # noqa: ANN401 - a value or an expression
    if treatment is Treatment.YEAR:
        return func.left(column, 4) + "-01"
    if treatment is Treatment.OWN_KEY:
        return func.uuid_send(column.table.c.id)
    return _VALUES[treatment]


async def _rewrite_lines(session: WriteSession, erasing: Erasing, keys: Keys) -> int:
    """The lines of the own register that speak of him."""
    tenant = session.tenant_id
    passed = select(Handover.title_id).where(Handover.tenant_id == tenant, Handover.id.in_(keys["handover"]))
    asked = select(Handover.register_entry_id).where(Handover.tenant_id == tenant, Handover.id.in_(keys["handover"]))
    table = Base.metadata.tables["register_entry"]
    his = or_(RegisterEntry.source_title_id.in_(passed), RegisterEntry.id.in_(asked))
    changed = update(table).where(table.c.tenant_id == tenant, his)
    rows = await session.execute(changed.values(_values(table, LINE, erasing.now, erasing.today)).returning(table.c.id))
    return len(rows.all())


async def _rewrite_jobs(session: WriteSession, erasing: Erasing, keys: Keys) -> None:
    """Letters and events that have ended are kept for a week; they lose their text at once."""
    query = select(Application.case_id).where(
        Application.tenant_id == session.tenant_id, Application.id.in_(keys["application"])
    )
    spoken = [f"case:{case_id}" for case_id in (await session.execute(query)).scalars()]
    if erasing.whole:
        spoken.append(f"person:{erasing.person.id}")
    ended = and_(Job.tenant_id == session.tenant_id, Job.ordering_key.in_(spoken), Job.state.in_(_ENDED))
    await session.execute(update(Job).where(ended).values(body={}).execution_options(synchronize_session=False))


async def _strike(session: WriteSession, erasing: Erasing, name: str) -> None:
    """Take the name out of text about many, unless it is too short to be sure or somebody else here bears it."""
    other = select(Person.id).where(
        Person.tenant_id == session.tenant_id, Person.name == name, Person.id != erasing.person.id
    )
    if len(name) < _LEAST_NAME or (await session.execute(other.limit(1))).first() is not None:
        return
    for table_name, columns in STRUCK.items():
        table = Base.metadata.tables[table_name]
        for column in (table.c[each] for each in columns):
            named = and_(table.c.tenant_id == session.tenant_id, column.contains(name, autoescape=True))
            await session.execute(
                update(table).where(named).values({column.name: func.replace(column, name, SOMEBODY)})
            )
