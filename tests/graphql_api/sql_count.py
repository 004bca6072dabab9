"""Counts what a piece of work asks of the database: `with counting(database) as sql: …; assert sql.count == 3`."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

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
    reads = ("INSERT INTO read_entry", "WITH w0 AS (INSERT INTO read_entry")
    passed_over = ("SET LOCAL",) if also_reads else ("SET LOCAL", *reads)

    def on_statement(statement: str) -> None:
        if not statement.startswith(passed_over):
            counted.statements.append(statement)

    with database.watched(on_statement):
        yield counted
