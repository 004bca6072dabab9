"""A small world of objects in PostgreSQL that both the single decision and the list predicate are asked about."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, MetaData, Row, Table, Text, Uuid, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from authz.actor import Actor
from authz.model import DutyRecord
from authz.predicate import Columns
from authz.roles import Role
from authz.subject import Subject
from kernel.database import Base, Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tenants.facts import TenantFacts

GIVEN = ("parent", "self", "ancestor", "is_self_account", "is_subject", "assigned", "did_reviewed")
"""Relation words that this world states in columns of the object, as an area's own facts."""

OBJECTS = Table(
    "world_object",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stage", Text),
    Column("desk", Text),
    Column("creator", Uuid),
    Column("about", Uuid),
    *(Column(word, Boolean) for word in GIVEN),
)

COLUMNS = Columns(
    id=OBJECTS.c.id,
    stage=OBJECTS.c.stage,
    desk=OBJECTS.c.desk,
    creator=OBJECTS.c.creator,
    tenant_id=OBJECTS.c.tenant_id,
    about=(OBJECTS.c.about,),
    relations={word: OBJECTS.c[word] for word in GIVEN},
)


@asynccontextmanager
async def world(urls: DatabaseUrls) -> AsyncGenerator[Database]:
    """The tables, and a door to them as the web's own role."""
    app = urls.app.split("://", 1)[1].split(":", 1)[0]
    engine = create_async_engine(urls.owner, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(
            Base.metadata.create_all, tables=[Base.metadata.tables[DutyRecord.__tablename__]], checkfirst=True
        )
        await connection.run_sync(OBJECTS.metadata.create_all)
        await connection.execute(text(f"GRANT SELECT, INSERT, DELETE ON duty_record, world_object TO {app}"))
    await engine.dispose()
    patient = {"idle_in_transaction_session_timeout": "0"}  # a busy machine makes pauses between two statements long
    database = Database(urls.app, connect_args={"server_settings": patient})
    try:
        yield database
    finally:
        await database.close()


def tenant(level: str = "city") -> TenantFacts:
    """A union somewhere."""
    tenant_id = new_id()
    return TenantFacts(tenant_id, str(tenant_id), "某某总工会", level, 30, "territorial", "1.2.", None, None, None)


def actor(home: TenantFacts, *roles: Role, account_id: UUID | None = None) -> Actor:
    """A person there."""
    return Actor(account_id or new_id(), "王某", home, frozenset(roles))


def subject_of(row: Row[Any]) -> Subject:
    """What a service would say of an object of this world."""
    values = row._mapping
    return Subject(
        kind=values["kind"],
        id=values["id"],
        stage=values["stage"],
        desk=values["desk"],
        creator=values["creator"],
        tenant_id=values["tenant_id"],
        about=() if values["about"] is None else (values["about"],),
        relations=frozenset(word for word in GIVEN if values[word]),
    )
