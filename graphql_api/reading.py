"""Executes plans: rows first, then, for all rows of a level together, each relation in one statement, and so on down.

One Reading is one use of one read transaction; statements run one after the other on its connection.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from authz.actor import Actor
from authz.scope import ReadScope
from graphql_api import statements
from graphql_api.pagination import Page
from graphql_api.reads import ManyRead, OneRead, Row
from graphql_api.selection import Plan, Related
from kernel.errors import Failure

Note = Callable[[str, Sequence[UUID]], None]
"""Told which objects of a kind of personal data were read."""


class Reading:
    """Reads declared types for one actor (None: nobody signed in)."""

    def __init__(
        self, connection: AsyncConnection, actor: Actor | None, scope: ReadScope | None, note: Note | None = None
    ) -> None:
        self._connection = connection
        self._actor = actor
        self._scope = scope
        self._note = note
        self._of_a_visit = actor is not None and actor.reads_only

    async def rows(self, plan: Plan, keys: Sequence[UUID]) -> dict[UUID, Row]:
        """The rows with these keys that the actor sees, complete with everything the plan says."""
        if not keys:
            return {}
        found = await self._keyed(plan, statements.by_keys(plan, self._actor, keys, None))
        await self._fill(plan, list(found.values()))
        return found

    async def page(self, related: Related) -> Page:
        """A page of a root list."""
        result = await self._connection.execute(statements.page(related, self._actor))
        rows = _made(related.plan, result)
        page = Page(related.ordering, rows, related.page)
        if related.counted:
            counted = await self._connection.execute(statements.count(related, self._actor))
            page.total_count = counted.scalar_one()
        await self._fill(related.plan, page.rows)
        return page

    async def _keyed(self, plan: Plan, statement: statements.Statement) -> dict[Any, Row]:
        labels, name = list(plan.columns), plan.kind.name
        result = await self._connection.execute(statement)
        return {record[0]: Row(name, zip(labels, record[1:], strict=True)) for record in result}

    async def _fill(self, plan: Plan, rows: Sequence[Row]) -> None:
        if not rows:
            return
        kind = plan.source.personal or (plan.source.table.name if self._of_a_visit and plan.source.has_ids else None)
        if kind is not None and self._note is not None:
            self._note(kind, [row[plan.source.key.key] for row in rows])
        for key, related in plan.ones.items():
            await self._fill_one(key, related, rows)
        for key, related in plan.manys.items():
            await self._fill_many(key, plan, related, rows)
        for key, read in plan.computed.items():
            await self._compute(key, read.batch, rows)

    async def _fill_one(self, key: int, related: Related, rows: Sequence[Row]) -> None:
        read = related.bound.read
        if not isinstance(read, OneRead):
            raise TypeError(related.bound.name)
        local, tenant = read.local.key, None if read.tenant is None else read.tenant.key
        wanted = {row[local]: None if tenant is None else row[tenant] for row in rows if row[local] is not None}
        found: dict[Any, Row] = {}
        if wanted and read.shows(self._actor):
            tenants = list(wanted.values())
            found = await self._keyed(
                related.plan, statements.by_keys(related.plan, self._actor, list(wanted), read, tenants)
            )
            await self._fill(related.plan, list(found.values()))
        for row in rows:
            row.related[key] = found.get(row[local])

    async def _fill_many(self, key: int, parent: Plan, related: Related, rows: Sequence[Row]) -> None:
        read = related.bound.read
        if not isinstance(read, ManyRead):
            raise TypeError(related.bound.name)
        local = (parent.source.key if read.local is None else read.local).key
        parents = list(dict.fromkeys(row[local] for row in rows if row[local] is not None))
        pages = await self._pages(related, parents)
        for row in rows:
            page = pages.get(row[local]) or Page(related.ordering, [], related.page, 0)
            row.related[key] = page if related.bound.is_paged else page.rows

    async def _pages(self, related: Related, parents: Sequence[Any]) -> dict[Any, Page]:
        labels, name = list(related.plan.columns), related.plan.kind.name
        result = await self._connection.execute(statements.children(related, self._actor, parents))
        grouped: dict[Any, list[Row]] = {parent: [] for parent in parents}
        for record in result:
            grouped[record[0]].append(Row(name, zip(labels, record[1:], strict=True)))
        pages = {parent: Page(related.ordering, rows, related.page, 0) for parent, rows in grouped.items()}
        if related.counted:
            statement = statements.count_children(related, self._actor, parents)
            for record in await self._connection.execute(statement):
                pages[record.parent].total_count = record.total
        await self._fill(related.plan, [row for page in pages.values() for row in page.rows])
        return pages

    async def _compute(self, key: int, batch: Any, rows: Sequence[Row]) -> None:  # noqa: ANN401 - a Batch
        if self._scope is None:
            values: Iterable[Any] = [None] * len(rows)
        else:
            try:
                values = await batch(self._scope, rows)
            except Failure as failure:
                values = [failure] * len(rows)
        for row, value in zip(rows, values, strict=True):
            row.related[key] = value


def _made(plan: Plan, result: Iterable[Any]) -> list[Row]:
    labels, name = list(plan.columns), plan.kind.name
    return [Row(name, zip(labels, record, strict=True)) for record in result]
