"""Counts messages to PostgreSQL as the driver sends them, whoever asked for them: `with round_trips(database) as sent: …`."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from kernel.database import Database


@contextmanager
def round_trips(database: Database) -> Generator[list[str]]:
    """The messages of the block that wait for an answer, in their order: those of SQLAlchemy's cursors, and those that go to asyncpg directly."""
    sent: list[str] = []
    heard: list[Any] = []
    engine = database.engine.sync_engine

    def on_driver(record: Any) -> None:
        sent.append(record.query)

    def on_checkout(adapter: Any, *_: Any) -> None:
        driver = adapter.driver_connection
        if driver not in heard:
            heard.append(driver)
            driver.add_query_logger(on_driver)

    def on_cursor(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "checkout", on_checkout)
    event.listen(engine, "before_cursor_execute", on_cursor)
    try:
        yield sent
    finally:
        event.remove(engine, "checkout", on_checkout)
        event.remove(engine, "before_cursor_execute", on_cursor)
        for driver in heard:
            driver.remove_query_logger(on_driver)


def of_writes(sent: list[str]) -> list[list[str]]:
    """The messages of each transaction that is not read-only and does not only record what was read, without what opens, binds and ends it."""
    found: list[list[str]] = []
    inside = False
    for text in sent:
        if text.startswith("BEGIN"):
            inside = "READ ONLY" not in text
            found += [[]] if inside else []
        elif inside and text.startswith(("COMMIT", "ROLLBACK")):
            inside = False
        elif inside:
            found[-1].append(text)
    return [texts for texts in found if not all("INSERT INTO read_entry" in text for text in texts)]
