"""Reading the tree: each function is one statement over indexes, whatever the number of unions."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, any_, bindparam, cast, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.direct import Fetching
from kernel.errors import NOT_FOUND
from kernel.foresight import Asked, Piece, fetch_together, found, found_again
from tenants import tree
from tenants.facts import TenantFacts
from tenants.lines import is_visible
from tenants.model import Level, Tenant

_PATHS = ARRAY(Text())
FactsSelect = Select[UUID, str, str, str, int, str, str, str | None, UUID | None, UUID | None]


def facts_select() -> FactsSelect:
    """The columns of `TenantFacts`, in its order; add conditions, then `TenantFacts(*row)`."""
    return select(
        Tenant.id,
        Tenant.code,
        Tenant.name,
        Tenant.level,
        Level.rank,
        Level.line,
        Tenant.path,
        Tenant.industry_path,
        Tenant.parent_id,
        Tenant.industry_parent_id,
    ).join(Level, Level.code == Tenant.level)


UNION = Piece(facts_select().where(Tenant.id == bindparam("union_id")), lambda row: TenantFacts(*row))
_ABOVE = Piece(
    facts_select()
    .where(
        or_(
            Tenant.path == any_(bindparam("paths", type_=ARRAY(Text()))),
            Tenant.industry_path == any_(bindparam("industry_paths", type_=ARRAY(Text()))),
        )
    )
    .order_by(Level.rank, Tenant.path),
    lambda row: TenantFacts(*row),
)


async def find_tenant(session: AsyncSession, tenant_id: UUID) -> TenantFacts | None:
    """Any union, active or closed, visible or not: for services, never for an answer to a person."""
    if (ahead := found(session, UNION, union_id=tenant_id)) is not None:
        return next(iter(ahead), None)
    return await _find(session, facts_select().where(Tenant.id == tenant_id))


async def get_tenant(session: AsyncSession, tenant_id: UUID) -> TenantFacts:
    """Like `find_tenant`; raises NOT_FOUND."""
    return _require(await find_tenant(session, tenant_id))


async def find_tenant_by_code(session: AsyncSession, code: str) -> TenantFacts | None:
    """Any union by its code; for services and the command line."""
    return await _find(session, facts_select().where(Tenant.code == code))


async def get_tenant_by_code(session: AsyncSession, code: str) -> TenantFacts:
    """Like `find_tenant_by_code`; raises NOT_FOUND."""
    return _require(await find_tenant_by_code(session, code))


async def find_first_tenant(session: AsyncSession) -> TenantFacts | None:
    """The union at the top that was made first, with which the installation began; None before it was founded."""
    tops = facts_select().where(Tenant.parent_id.is_(None))
    return await _find(session, tops.order_by(Tenant.created_at, Tenant.id).limit(1))


async def list_tenants(session: AsyncSession, tenant_ids: Iterable[UUID]) -> dict[UUID, TenantFacts]:
    """The unions of these ids; unknown ids are left out."""
    rows = await session.execute(facts_select().where(Tenant.id.in_(set(tenant_ids))))
    return {row.id: TenantFacts(*row) for row in rows}


def all_above(tenant: TenantFacts) -> Asked[TenantFacts]:
    """What `list_ancestors` reads."""
    return _ABOVE.of(paths=tenant.above, industry_paths=tenant.above_in_industry)


async def list_ancestors(session: AsyncSession, tenant: TenantFacts) -> Sequence[TenantFacts]:
    """All above on both lines, the highest first: as many rows as the tree is deep."""
    if (ahead := found_again(session, all_above(tenant))) is not None:
        return ahead
    rows = await session.execute(facts_select().where(above(tenant)).order_by(Level.rank, Tenant.path))
    return [TenantFacts(*row) for row in rows]


async def list_ancestors_of_all(
    session: Fetching, viewer: TenantFacts, places: Sequence[tuple[str, str | None]]
) -> list[list[TenantFacts]]:
    """For each place (path and industry path of a union) those above it that the viewer knows of, the highest first; one statement for all."""
    paths = {upper for path, _ in places for upper in tree.ancestor_paths(path)}
    industry = {upper for _, path in places if path is not None for upper in tree.ancestor_paths(path)}
    (above_any,) = await fetch_together(session, _ABOVE.of(paths=sorted(paths), industry_paths=sorted(industry)))
    found = [facts for facts in above_any if is_visible(viewer, facts)]
    return [[upper for upper in found if _is_above(upper, path, industry_path)] for path, industry_path in places]


async def list_superiors(session: AsyncSession, tenant: TenantFacts) -> Sequence[TenantFacts]:
    """All above on the territorial line only, the highest first."""
    superiors = Tenant.path.in_(tree.ancestor_paths(tenant.path))
    rows = await session.execute(facts_select().where(superiors).order_by(Tenant.path))
    return [TenantFacts(*row) for row in rows]


async def find_visible_tenant(session: AsyncSession, viewer: TenantFacts, tenant_id: UUID) -> TenantFacts | None:
    """A union the viewer knows of; a stranger's id and an unknown id are the same None."""
    return await _find(session, facts_select().where(Tenant.id == tenant_id, visible_to(viewer)))


async def find_visible_tenant_by_code(session: AsyncSession, viewer: TenantFacts, code: str) -> TenantFacts | None:
    """Like `find_visible_tenant`, by code."""
    if "\0" in code:  # PostgreSQL's text cannot hold it
        return None
    return await _find(session, facts_select().where(Tenant.code == code, visible_to(viewer)))


async def is_below(session: AsyncSession, upper: TenantFacts, tenant_id: UUID) -> bool:
    """Whether a union stands under another one, on either line."""
    under = or_(below(upper), below_in_industry(upper))
    return (await session.execute(select(exists().where(Tenant.id == tenant_id, under)))).scalar_one()


async def has_industry_members(session: AsyncSession, tenant_id: UUID) -> bool:
    """Whether anybody stands right below on the industry line."""
    return (await session.execute(select(exists().where(industry_children_of(tenant_id))))).scalar_one()


def visible_to(viewer: TenantFacts) -> ColumnElement[bool]:
    """The condition of `tenants.lines.is_visible` in SQL: itself, those above and those below, on either line."""
    return or_(Tenant.id == viewer.id, above(viewer), below(viewer), below_in_industry(viewer))


def below(tenant: TenantFacts) -> ColumnElement[bool]:
    """All under a union on the territorial line, without itself: one range of the path's index."""
    low, high = tenant.range
    return and_(Tenant.path > low, Tenant.path < high)


def below_in_industry(tenant: TenantFacts) -> ColumnElement[bool]:
    """All under a union on the industry line, without itself; nobody where it is on none."""
    if tenant.range_in_industry is None:
        return Tenant.id.is_(None)
    low, high = tenant.range_in_industry
    return and_(Tenant.industry_path > low, Tenant.industry_path < high)


def children_of(tenant_id: UUID) -> ColumnElement[bool]:
    """Right below on the territorial line; order by `Tenant.id` to page by keyset along the index."""
    return Tenant.parent_id == tenant_id


def industry_children_of(tenant_id: UUID) -> ColumnElement[bool]:
    """Right below on the industry line; order by `Tenant.id`."""
    return Tenant.industry_parent_id == tenant_id


def _is_above(upper: TenantFacts, path: str, industry_path: str | None) -> bool:
    in_industry = upper.industry_path is not None and tree.is_ancestor(upper.industry_path, industry_path or "")
    return in_industry or tree.is_ancestor(upper.path, path)


def above(tenant: TenantFacts) -> ColumnElement[bool]:
    """All above a union on both lines, without itself; one parameter for each line, however deep the tree."""
    territorial = Tenant.path == any_(cast(literal(tenant.above, _PATHS), _PATHS))
    if tenant.industry_path is None:
        return territorial
    return or_(territorial, Tenant.industry_path == any_(cast(literal(tenant.above_in_industry, _PATHS), _PATHS)))


async def _find(session: AsyncSession, statement: FactsSelect) -> TenantFacts | None:
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else TenantFacts(*row)


def _require(found: TenantFacts | None) -> TenantFacts:
    if found is None:
        raise NOT_FOUND()
    return found
