"""Counts what a piece of work asks of the database: `with counting(database) as sql: …; assert sql.count == 3`."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from kernel.database import Database


@dataclass
class Counted:
    """The statements that were sent, without those that open and bind a transaction."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)


@contextmanager
def counting(database: Database) -> Generator[Counted]:
    """Watch one database while the block runs."""
    counted = Counted()

    def on_execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("SET LOCAL"):
            counted.statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", on_execute)
    try:
        yield counted
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", on_execute)
