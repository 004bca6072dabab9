"""What operations are made of: ids, cursors and words of rows that exist, by the union they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from graphql import GraphQLInputObjectType
from sqlalchemy import Column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import visitors

from authz.permissions import Permission
from graphql_api.ids import encode_id
from graphql_api.reads import ManyRead, Row, Source
from graphql_api.registry import Bound, Registry
from graphql_api.shapes import named_type
from kernel.database import Database
from kernel.ids import new_id
from tests.isolation.fixtures import Year

EVERYWHERE = "*"
"""Stands for a union where rows belong to none."""
_MOST = 60
_KINDS_OF_ID = {
    "studio": "InnovationStudio",
    "leader": "Person",
    "grantedBy": "Tenant",
    "unit": "Tenant",
    "personId": "Person",
    "memberId": "Member",
    "account": "Member",
}
_SAMPLES: dict[str, Any] = {
    "String": "x",
    "Int": 2024,
    "Boolean": True,
    "Date": date(2024, 1, 1),
    "DateTime": datetime.fromisoformat("2024-01-01T00:00:00+08:00"),
}

ByUnion = dict[str, list[Any]]


@dataclass
class Stock:
    """By name of type, list or filter field, then by union."""

    ids: dict[str, ByUnion] = field(default_factory=dict[str, ByUnion])
    cursors: dict[str, ByUnion] = field(default_factory=dict[str, ByUnion])
    words: dict[str, ByUnion] = field(default_factory=dict[str, ByUnion])

    def id(self, chance: Random, type_name: str, union: str) -> str:
        """Mostly one of the union's own rows; sometimes another's, another type's, nobody's, or none at all."""
        draw = chance.random()
        if draw < 0.03:
            return chance.choice(["", "nonsense", "é", "x" * 300, encode_id(type_name, new_id())[:-2]])
        if draw < 0.06:
            return encode_id(type_name, new_id())
        if draw < 0.09:
            type_name = chance.choice(sorted(self.ids))
        found = chosen(chance, self.ids.get(type_name, {}), union)
        return encode_id(type_name, new_id()) if found is None else found

    def cursor(self, chance: Random, name: str, union: str) -> str:
        """Mostly of a row of the union's list; sometimes of another's, of another list, or broken."""
        draw = chance.random()
        found = chosen(chance, self.cursors.get(name, {}), union)
        if draw < 0.02 or found is None:
            return chance.choice(["", "broken", "é", "A" * 40, "y" * 1200])
        if draw < 0.03:
            return f"{found[:-3]}AAA"
        if draw < 0.05:
            return chosen(chance, self.cursors[chance.choice(sorted(self.cursors))], union) or found
        return found

    def word(self, chance: Random, name: str, union: str) -> Any:
        """A value that some row has; None where none is known."""
        return chosen(chance, self.words.get(name, {}), union)


def chosen(chance: Random, homes: ByUnion, union: str) -> Any:
    """A value of the union, or of all; now and then, or where there is none, of any union."""
    own = [*homes.get(union, ()), *homes.get(EVERYWHERE, ())]
    if own and chance.random() < 0.92:
        return chance.choice(own)
    anybodys = sorted(homes)
    return chance.choice(homes[chance.choice(anybodys)]) if anybodys else None


def kind_of_id(name: str) -> str:
    """The type whose ids an argument or a filter's field takes, by its name."""
    return _KINDS_OF_ID.get(name, name[0].upper() + name[1:])


async def gather(owner: Database, registry: Registry, year: Year) -> Stock:
    """Everything, from the tables behind the declarations; the owner of the clone sees all unions."""
    stock, codes = Stock(), {facts.id: code for code, facts in year.tenants.items()}
    async with owner.plain() as session:
        for name, source in sorted(registry.sources.items()):
            if registry.is_node(name):
                homes = await _homes(session, source, (source.key,), codes)
                stock.ids[name] = {
                    code: [encode_id(name, row[source.key.key]) for row in rows] for code, rows in homes.items()
                }
        for bound in _lists(registry):
            await _add_cursors(session, stock, bound, codes)
        for bound in _lists(registry):
            await _add_words(session, registry, stock, bound, codes)
    stock.words |= _arguments(year)
    return stock


def _lists(registry: Registry) -> Iterator[Bound]:
    for _, fields in sorted(registry.fields.items()):
        yield from (bound for _, bound in sorted(fields.items()) if isinstance(bound.read, ManyRead) and bound.is_paged)


async def _homes(
    session: AsyncSession, source: Source, columns: Sequence[Column[Any]], codes: dict[Any, str]
) -> dict[str, list[Row]]:
    """Some rows of each union."""
    tenant = source.table.c.get("tenant_id")
    home = source.key if tenant is None else tenant
    rows = await session.execute(select(home, *columns).order_by(home, source.key).limit(5_000))
    found: dict[str, list[Row]] = {}
    for row in rows:
        kept = found.setdefault(EVERYWHERE if tenant is None else codes[row[0]], [])
        if len(kept) < _MOST:
            kept.append(Row(source.type_name, zip((column.key for column in columns), row[1:], strict=True)))
    return found


async def _add_cursors(session: AsyncSession, stock: Stock, bound: Bound, codes: dict[Any, str]) -> None:
    ordering, source = bound.ordering, bound.target
    assert ordering is not None
    assert source is not None
    homes = await _homes(session, source, [term.column for term in ordering.terms], codes)
    stock.cursors[ordering.name] = {code: [ordering.cursor(row) for row in rows] for code, rows in homes.items()}


async def _add_words(
    session: AsyncSession, registry: Registry, stock: Stock, bound: Bound, codes: dict[Any, str]
) -> None:
    """Values of the column that each filter field looks at."""
    source, read = bound.target, bound.read
    if not isinstance(read, ManyRead) or read.filter is None or source is None:
        return
    kind = registry.schema.type_map[read.filter.__name__]
    assert isinstance(kind, GraphQLInputObjectType)
    for name, described in kind.fields.items():
        made, inner = bound.filters[name].condition, named_type(described.type).name
        if made is None or inner not in _SAMPLES:
            continue
        looked_at = [found for found in visitors.iterate(made.on(_SAMPLES[inner])) if isinstance(found, Column)]
        columns = [column for column in looked_at if column.table is source.table]
        if columns:
            homes = await _homes(session, source, columns[:1], codes)
            stock.words[f"{kind.name}.{name}"] = {
                code: words for code, rows in homes.items() if (words := _words(rows, columns[0].key))
            }


def _words(rows: Sequence[Row], key: str) -> list[Any]:
    values = {row[key] for row in rows if row[key] is not None}
    return sorted(value.isoformat() if isinstance(value, date | datetime) else value for value in values)


def _arguments(year: Year) -> dict[str, ByUnion]:
    """Words for the arguments of hand-written roots."""
    return {
        "Query.tenant.code": {EVERYWHERE: sorted(year.tenants)},
        "Query.policyRows.kind": {EVERYWHERE: sorted({permission.kind for permission in Permission})},
        "Query.explainAccess.action": {EVERYWHERE: sorted(permission.value for permission in Permission)},
    }
