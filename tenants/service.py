"""Changing the tree: whoever calls has been allowed to (see `authz.administration`, or runs as the database's owner)."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kernel.clock import Clock
from kernel.identity import require_union_code
from kernel.ids import new_id
from kernel.text import clean_text
from tenants import queries, repository, tree
from tenants.errors import (
    BAD_TENANT_CODE,
    INDUSTRY_MEMBERS_BELOW,
    LEVEL_NOT_BELOW,
    MOVE_INTO_ITSELF,
    NOT_INDUSTRY_LINE,
    TENANT_CODE_TAKEN,
    UNKNOWN_LEVEL,
    UNKNOWN_SUPERIOR,
)
from tenants.facts import TenantFacts
from tenants.levels import LevelFacts, standard_levels
from tenants.lines import Line, may_stand_under

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
NAME_LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class NewTenant:
    """A union to be added; without `parent_id` it stands at the top."""

    code: str
    name: str
    level: str
    parent_id: UUID | None = None
    industry_parent_id: UUID | None = None
    credit_code: str | None = None
    id: UUID = field(default_factory=new_id)


async def seed_levels(session: AsyncSession) -> None:
    """Make or correct the standard rungs; others stay as they are."""
    for level in standard_levels():
        await repository.save_level(session, level)


async def add_level(session: AsyncSession, level: LevelFacts) -> None:
    """Add a rung of one's own, or change it."""
    await repository.save_level(session, level)


async def add_tenant(session: AsyncSession, clock: Clock, new: NewTenant) -> TenantFacts:
    """Add a union under its superiors; they cannot move or close before the transaction ends.

    Raises BAD_TENANT_CODE, UNKNOWN_LEVEL, UNKNOWN_SUPERIOR, LEVEL_NOT_BELOW, NOT_INDUSTRY_LINE, TENANT_CODE_TAKEN and the refusals of names and credit codes.
    """
    if not CODE.fullmatch(new.code):
        raise BAD_TENANT_CODE(path=("input", "code"))
    name = clean_text(new.name, path=("input", "name"), limit=NAME_LIMIT)
    credit_code = None if new.credit_code is None else require_union_code(new.credit_code, path=("input", "creditCode"))
    level = await repository.find_level(session, new.level)
    if level is None:
        raise UNKNOWN_LEVEL(path=("input", "level"), level=new.level)
    await repository.lock_tree(session, exclusive=False)
    parent = await _superior(session, new.parent_id, level, "parent")
    industry_parent = await _superior(session, new.industry_parent_id, level, "industryParent")
    segment = tree.segment(new.id)
    tenant = TenantFacts(
        id=new.id,
        code=new.code,
        name=name,
        level=level.code,
        level_rank=level.rank,
        line=level.line.value,
        path=tree.root_path(segment) if parent is None else tree.child_path(parent.path, segment),
        industry_path=_industry_path(new.id, level.line, industry_parent),
        parent_id=new.parent_id,
        industry_parent_id=new.industry_parent_id,
    )
    if not await repository.insert_tenant(session, tenant, credit_code, clock.now()):
        raise TENANT_CODE_TAKEN(path=("input", "code"), code=new.code)
    return tenant


async def move_tenant(session: AsyncSession, tenant_id: UUID, parent_id: UUID) -> int:
    """Carry a union with all below it under another superior on the territorial line; returns how many unions moved.

    Raises NOT_FOUND, UNKNOWN_SUPERIOR, MOVE_INTO_ITSELF, LEVEL_NOT_BELOW.
    """
    await repository.lock_tree(session, exclusive=True)
    tenant = await queries.get_tenant(session, tenant_id)
    parent = await _superior(session, parent_id, _level_of(tenant), "parent", moving=tenant)
    if parent is None or parent.id == tenant.parent_id:
        return 0
    return await repository.move_subtree(session, tenant, parent)


async def set_industry_parent(session: AsyncSession, tenant_id: UUID, industry_parent_id: UUID | None) -> int:
    """Put a union under another on the industry line, or, with None, take it off; those below it on that line go along.

    Raises NOT_FOUND, UNKNOWN_SUPERIOR, NOT_INDUSTRY_LINE, MOVE_INTO_ITSELF, LEVEL_NOT_BELOW, INDUSTRY_MEMBERS_BELOW (clear those first).
    """
    await repository.lock_tree(session, exclusive=True)
    tenant = await queries.get_tenant(session, tenant_id)
    level = _level_of(tenant)
    parent = await _superior(session, industry_parent_id, level, "industryParent", moving=tenant)
    path = _industry_path(tenant.id, level.line, parent)
    if path is None and await queries.has_industry_members(session, tenant.id):
        raise INDUSTRY_MEMBERS_BELOW(path=("input", "industryParent"))
    return await repository.move_in_industry(session, tenant, parent, path)


async def change_tenant(session: AsyncSession, tenant_id: UUID, *, name: str, active: bool) -> None:
    """Rename, close or reopen a union; raises NOT_FOUND. In a closed union nobody is signed in any more, from the next request on."""
    await queries.get_tenant(session, tenant_id)
    wanted = clean_text(name, path=("input", "name"), limit=NAME_LIMIT)
    await repository.update_tenant(session, tenant_id, name=wanted, active=active)


async def _superior(
    session: AsyncSession,
    superior_id: UUID | None,
    level: LevelFacts,
    field: str,
    moving: TenantFacts | None = None,
) -> TenantFacts | None:
    """The union above, fit to stand there; `field` tells the line."""
    path = ("input", field)
    if superior_id is None:
        return None
    if not await repository.lock_active(session, superior_id):
        raise UNKNOWN_SUPERIOR(path=path)
    superior = await queries.get_tenant(session, superior_id)
    if field == "industryParent" and superior.industry_path is None:
        raise NOT_INDUSTRY_LINE(path=path, name=superior.name)
    if moving is not None and (superior.id == moving.id or _is_below(superior, moving, field)):
        raise MOVE_INTO_ITSELF(path=path)
    if not may_stand_under(level.rank, superior.level_rank):
        raise LEVEL_NOT_BELOW(path=path, level=level.name, superior=superior.name)
    return superior


def _is_below(lower: TenantFacts, upper: TenantFacts, field: str) -> bool:
    if field == "parent":
        return tree.is_ancestor(upper.path, lower.path)
    return upper.industry_path is not None and tree.is_ancestor(upper.industry_path, lower.industry_path or "")


def _industry_path(tenant_id: UUID, line: Line, industry_parent: TenantFacts | None) -> str | None:
    """An industrial union is the top of its own line where nobody is above it; others are on a line only below somebody."""
    segment = tree.segment(tenant_id)
    if industry_parent is not None and industry_parent.industry_path is not None:
        return tree.child_path(industry_parent.industry_path, segment)
    return tree.root_path(segment) if line is Line.INDUSTRY else None


def _level_of(tenant: TenantFacts) -> LevelFacts:
    return LevelFacts(tenant.level, tenant.level_rank, Line(tenant.line), tenant.level)
