"""Writing down whose data was shown, before the answer leaves."""

from collections.abc import Sequence
from uuid import UUID

from bench.byhand.pool import Connection
from bench.byhand.session import Who
from graphql_api.shown import MOST_NAMED
from kernel.ids import new_id

_COLUMNS = "tenant_id, id, at, account_id, actor, asked, object_kind, object_id, rows, request_id"
_COMMON = "$1::uuid, ${}::uuid, $2::timestamptz, $3::uuid, $4::text, $5::text, ${}::text, ${}::uuid, ${}::int, $6::text"


def _statement(count: int) -> str:
    rows = ", ".join(f"({_COMMON.format(at, at + 1, at + 2, at + 3)})" for at in range(7, 7 + 4 * count, 4))
    binding = "(SELECT set_config('app.tenant', $1::uuid::text, true) AS tenant) bound"
    shown = f"SELECT * FROM (VALUES {rows}) v WHERE bound.tenant IS NOT NULL OFFSET 0"
    return f"INSERT INTO read_entry ({_COLUMNS}) SELECT found.* FROM {binding} CROSS JOIN LATERAL ({shown}) found"


_ENTRIES = {count: _statement(count) for count in range(1, 2 * MOST_NAMED + 1)}
Shown = tuple[str, Sequence[UUID]]
"""A kind of object, and those that were shown."""


async def record(connection: Connection, who: Who, request_id: str, asked: str, *shown: Shown) -> None:
    """Leave the entries, in a transaction of their own: one statement, which binds itself."""
    statement, values = entries(who, request_id, asked, *shown)
    if statement is not None:
        await connection.execute(statement, *values)


def entries(who: Who, request_id: str, asked: str, *shown: Shown) -> tuple[str | None, list[object]]:
    """The statement that writes them, with its values; None where nothing was shown."""
    actor = who.actor
    values: list[object] = [actor.tenant.id, who.now, actor.account_id, actor.name, asked, request_id]
    count = 0
    for kind, keys in shown:
        one_by_one = len(keys) <= MOST_NAMED
        for key, rows in ((key, 1) for key in keys) if one_by_one else ((None, len(keys)),):
            values += (new_id(), kind, key, rows)
            count += 1
    return _ENTRIES.get(count), values
