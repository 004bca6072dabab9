"""Counts what a piece of work asks of the database: `with counting(database) as sql: …; assert sql.count == 3`."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from kernel.database import Database


@dataclass
class Counted:
    """The statements that were sent, without those that open and bind a transaction, and without the one record of what a request read."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)


@contextmanager
def counting(database: Database, *, also_reads: bool = False) -> Generator[Counted]:
    """Watch one database while the block runs; `also_reads`: with the record of what a request read."""
    counted = Counted()
    passed_over = ("SET LOCAL",) if also_reads else ("SET LOCAL", "INSERT INTO read_entry")

    def on_execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(passed_over):
            counted.statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", on_execute)
    try:
        yield counted
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", on_execute)
