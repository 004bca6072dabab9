"""Writing the tree. Who changes shapes takes turns at the top: one row lock there orders insertions against moves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tenants import tree
from tenants.facts import TenantFacts
from tenants.levels import LevelFacts
from tenants.lines import Line
from tenants.model import Level, Tenant


async def lock_tree(session: AsyncSession, *, exclusive: bool) -> None:
    """Hold the shape of the tree until the end of the transaction: insertions share, moves exclude.

    Read a path only after this; before, a move may still carry it elsewhere. Foreign keys to unions are not held up.
    """
    top = select(Tenant.id).where(Tenant.parent_id.is_(None)).order_by(Tenant.id)
    await session.execute(top.with_for_update(key_share=True) if exclusive else top.with_for_update(read=True))


async def lock_active(session: AsyncSession, tenant_id: UUID) -> bool:
    """Whether the union is there and active, and will be until the end of the transaction (FOR SHARE)."""
    statement = select(Tenant.active).where(Tenant.id == tenant_id).with_for_update(read=True)
    return bool((await session.execute(statement)).scalar_one_or_none())


async def find_level(session: AsyncSession, code: str) -> LevelFacts | None:
    """A rung by its code."""
    level = await session.get(Level, code)
    return None if level is None else LevelFacts(level.code, level.rank, Line(level.line), level.name)


async def save_level(session: AsyncSession, level: LevelFacts) -> None:
    """Make the rung, or give it this rank, line and name."""
    values = {"rank": level.rank, "line": level.line.value, "name": level.name}
    statement = insert(Level).values(code=level.code, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=[Level.code], set_=values))


async def insert_tenant(session: AsyncSession, tenant: TenantFacts, credit_code: str | None, at: datetime) -> bool:
    """Whether it was inserted: False where the code is taken."""
    statement = (
        insert(Tenant)
        .values(
            id=tenant.id,
            code=tenant.code,
            name=tenant.name,
            level=tenant.level,
            credit_code=credit_code,
            parent_id=tenant.parent_id,
            path=tenant.path,
            industry_parent_id=tenant.industry_parent_id,
            industry_path=tenant.industry_path,
            active=True,
            created_at=at,
        )
        .on_conflict_do_nothing(index_elements=[Tenant.code])
        .returning(Tenant.id)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def move_subtree(session: AsyncSession, tenant: TenantFacts, parent: TenantFacts) -> int:
    """Carry a union and all below it under another, in one statement; returns how many moved."""
    low, high = tree.subtree(tenant.path)
    new_root = tree.child_path(parent.path, tree.segment(tenant.id))
    statement = (
        update(Tenant)
        .where(Tenant.path >= low, Tenant.path < high)
        .values(
            path=func.concat(new_root, func.substr(Tenant.path, len(tenant.path) + 1)),
            parent_id=case((Tenant.id == tenant.id, parent.id), else_=Tenant.parent_id),
        )
        .returning(Tenant.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.execute(statement)).all())


async def move_in_industry(
    session: AsyncSession, tenant: TenantFacts, parent: TenantFacts | None, path: str | None
) -> int:
    """Give a union another industry superior and path; those below it on that line go along. Returns how many moved."""
    chosen = Tenant.id == tenant.id
    new_path = case((chosen, path), else_=Tenant.industry_path)
    if tenant.industry_path is not None and path is not None:
        low, high = tree.subtree(tenant.industry_path)
        chosen = (Tenant.industry_path >= low) & (Tenant.industry_path < high)
        new_path = func.concat(path, func.substr(Tenant.industry_path, len(tenant.industry_path) + 1))
    superior = case((Tenant.id == tenant.id, None if parent is None else parent.id), else_=Tenant.industry_parent_id)
    statement = (
        update(Tenant)
        .where(chosen)
        .values(industry_path=new_path, industry_parent_id=superior)
        .returning(Tenant.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.execute(statement)).all())


async def update_tenant(session: AsyncSession, tenant_id: UUID, *, name: str, active: bool) -> None:
    """Write what may change without moving."""
    statement = update(Tenant).where(Tenant.id == tenant_id).values(name=name, active=active)
    await session.execute(statement.execution_options(synchronize_session=False))
