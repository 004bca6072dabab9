"""Objects, people, unions and tightenings in PostgreSQL that three judges are asked about: the gate, the list's predicate, and plain SQL over the rows."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text, Uuid, insert, literal, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from authz import enforcer, guard, predicate
from authz.actor import Actor
from authz.duties import DUTY_OF_RELATION
from authz.permissions import Permission
from authz.predicate import Columns
from authz.scope import Scope
from authz.subject import Subject
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.settings import DatabaseUrls

GIVEN = ("parent", "self", "ancestor", "is_self_account", "is_subject", "assigned", "did_reviewed")
"""Relation words that are stated in columns of the object, as an area's own facts; NULL in many rows."""
TRIAL = Table(
    "trial_object",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("tenant_id", Uuid, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("stage", Text),
    Column("desk", Text),
    Column("creator", Uuid),
    Column("about", Uuid),
    Column("published", Boolean, nullable=False, server_default=text("false")),
    Column("slot", Integer, nullable=False, server_default=text("0")),
    *(Column(word, Boolean) for word in GIVEN),
)
COLUMNS = Columns(
    id=TRIAL.c.id,
    stage=TRIAL.c.stage,
    desk=TRIAL.c.desk,
    creator=TRIAL.c.creator,
    tenant_id=TRIAL.c.tenant_id,
    about=(TRIAL.c.about,),
    relations={word: TRIAL.c[word] for word in GIVEN},
)
OWN = "(tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)"
STRONG = ["system_admin", "security_admin", "audit_admin", "finance_approver"]
"""Roles that a session of one factor holds none of, as the third judge knows them."""
Pairs = set[tuple[str, UUID]]
"""(permission, object) for everything allowed."""

ORACLE = text(f"""
WITH me AS (
    SELECT array(SELECT r FROM unnest(m.roles) r WHERE s.strength > 1 OR r <> ALL (:strong)) AS roles,
        m.account_id, t.id AS tenant, t.level, t.path, t.industry_path
    FROM membership m JOIN tenant t ON t.id = m.tenant_id JOIN sign_in_session s ON s.membership_id = m.id
    WHERE m.id = :member AND m.valid_from <= :today AND coalesce(m.valid_to > :today, true)
),
seen AS (SELECT o.* FROM trial_object o, me WHERE (o.tenant_id = me.tenant OR o.published) AND (:slot < 0 OR o.slot = :slot)),
standing AS (
    SELECT o.id, 'holder' AS rel FROM seen o, me WHERE o.tenant_id = me.tenant
    UNION SELECT o.id, 'holder.' || o.desk FROM seen o, me WHERE o.tenant_id = me.tenant AND o.desk IS NOT NULL
    UNION SELECT o.id, 'published' FROM seen o, me WHERE o.tenant_id <> me.tenant
    UNION SELECT o.id, 'self_created' FROM seen o, me WHERE o.creator = me.account_id
    UNION SELECT o.id, w.rel FROM me JOIN duty_record d ON d.account_id = me.account_id AND d.tenant_id = me.tenant
        JOIN trial_duty w ON w.duty = d.duty
        JOIN seen o ON d.object_id = o.id OR (d.object_id = o.about AND w.rel <> 'self_created')
    {" ".join(f"UNION SELECT id, '{word}' FROM seen o WHERE o.{word}" for word in GIVEN)}
),
hit AS (
    SELECT DISTINCT o.id, o.stage, p.typ, p.act, p.eft
    FROM seen o CROSS JOIN me JOIN standing s ON s.id = o.id
    JOIN trial_policy p ON p.typ = o.kind AND p.rel = s.rel AND p.stage IN ('*', coalesce(o.stage, '-'))
        AND p.level IN ('*', me.level) AND (p.role = '*' OR p.role = ANY (me.roles))
),
tight AS (
    SELECT p.typ, p.act, p.stage FROM policy_tightening p JOIN tenant u ON u.id = p.tenant_id CROSS JOIN me
    WHERE p.role = ANY (me.roles) AND p.lifted_at IS NULL AND p.valid_from <= :today AND coalesce(p.valid_to > :today, true)
        AND (u.id = me.tenant OR p.binds_below
            AND (starts_with(me.path, u.path) OR coalesce(starts_with(me.industry_path, u.industry_path), false)))
)
SELECT typ || ':' || act, id FROM hit
WHERE NOT EXISTS (SELECT 1 FROM tight t WHERE t.typ = hit.typ AND t.act = hit.act AND t.stage IN ('*', coalesce(hit.stage, '-')))
GROUP BY typ, act, id HAVING bool_and(eft = 'allow')
""")


@dataclass(frozen=True)
class Trial:
    """The doors: the web's role behind its walls, the door's role, and the administrator who sees everything."""

    app: Database
    login: Database
    admin: AsyncEngine


@asynccontextmanager
async def trial(urls: DatabaseUrls, admin_url: str) -> AsyncGenerator[Trial]:
    """The tables, with the policy's rows beside them."""
    app_role = urls.app.split("://", 1)[1].split(":", 1)[0]
    admin = create_async_engine(admin_url, poolclass=NullPool)
    rows: list[dict[str, str]] = [
        dict(zip(("role", "typ", "act", "level", "rel", "stage", "eft"), row.values, strict=True))
        for row in enforcer.current().rows
    ]
    async with admin.begin() as connection:
        await connection.run_sync(TRIAL.metadata.create_all)
        for statement in (
            "ALTER TABLE trial_object ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY own ON trial_object USING {OWN}",
            "CREATE POLICY published ON trial_object FOR SELECT USING (published)",
            f"GRANT SELECT ON trial_object TO {app_role}",
            "CREATE TABLE trial_policy (role text, typ text, act text, level text, rel text, stage text, eft text)",
            "CREATE TABLE trial_duty (duty text, rel text)",
        ):
            await connection.execute(text(statement))
        await connection.execute(
            text("INSERT INTO trial_policy VALUES (:role, :typ, :act, :level, :rel, :stage, :eft)"), rows
        )
        words = [{"rel": rel, "duty": duty.value} for rel, duty in DUTY_OF_RELATION.items()]
        await connection.execute(text("INSERT INTO trial_duty VALUES (:duty, :rel)"), words)
    found = Trial(Database(urls.app, pool_size=2), Database(urls.login, pool_size=2), admin)
    try:
        yield found
    finally:
        await found.app.close()
        await found.login.close()
        await admin.dispose()


async def put(where: Trial, objects: Sequence[dict[str, Any]]) -> None:
    """Add objects, whoever's they are."""
    async with where.admin.begin() as connection:
        await connection.execute(insert(TRIAL), list(objects))


async def by_sql(where: Trial, member_id: UUID, clock: FixedClock, slot: int = -1) -> Pairs:
    """The third judge: plain SQL over policy rows, memberships, tightenings and objects, as the administrator."""
    async with where.admin.connect() as connection:
        given = {"member": member_id, "today": clock.today(), "slot": slot, "strong": STRONG}
        return {(row[0], row[1]) for row in await connection.execute(ORACLE, given)}


async def by_walls(where: Trial, tenant_id: UUID) -> set[UUID]:
    """What row-level security alone shows."""
    async with where.app.read(tenant_id) as session:
        return set((await session.execute(select(TRIAL.c.id))).scalars())


async def by_list(where: Trial, who: Actor, slot: int = -1, compiler: ModuleType = predicate) -> Pairs:
    """What lists show: the predicates of all permissions in one statement."""
    parts = [
        select(literal(permission.value), TRIAL.c.id).where(
            TRIAL.c.kind == permission.kind,
            *([] if slot < 0 else [TRIAL.c.slot == slot]),
            compiler.visible(permission, who, COLUMNS),
        )
        for permission in Permission
    ]
    async with where.app.read(who.tenant.id) as session:
        return {(row[0], row[1]) for row in await session.execute(union_all(*parts))}


async def by_gate(where: Trial, who: Actor, clock: FixedClock, slot: int = -1) -> tuple[Pairs, int]:
    """What the gate says, object by object; and how many decisions that were."""
    async with where.app.read(who.tenant.id) as session:
        chosen = select(TRIAL) if slot < 0 else select(TRIAL).where(TRIAL.c.slot == slot)
        subjects = [subject_of(row._mapping) for row in await session.execute(chosen)]
        scope = Scope(session, who, clock)
        duties = await guard.find_duties(scope, subjects)
    allowed: Pairs = set()
    count = 0
    for subject in subjects:
        relations = guard.relations_of(who, subject, duties)
        for permission in permissions_of(subject.kind):
            count += 1
            if guard.decision_of(who, permission, subject, relations).allowed and subject.id is not None:
                allowed.add((permission.value, subject.id))
    return allowed, count


def permissions_of(kind: str) -> Iterable[Permission]:
    """Everything that can be asked about an object of this kind."""
    return _BY_KIND.get(kind, ())


def subject_of(values: Any) -> Subject:
    """What a service would say of the object."""
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


_BY_KIND: dict[str, list[Permission]] = {}
for _permission in Permission:
    _BY_KIND.setdefault(_permission.kind, []).append(_permission)
