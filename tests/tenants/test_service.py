import asyncio

import pytest
from sqlalchemy import text

from kernel.clock import FixedClock
from kernel.database import Database
from kernel.errors import Failure
from kernel.ids import new_id
from tenants import tree
from tenants.levels import LevelFacts
from tenants.lines import Line, is_visible
from tenants.queries import (
    below,
    below_in_industry,
    children_of,
    facts_select,
    find_visible_tenant,
    find_visible_tenant_by_code,
    get_tenant,
    get_tenant_by_code,
    industry_children_of,
    list_ancestors,
    list_superiors,
    list_tenants,
)
from tenants.service import (
    NewTenant,
    add_level,
    add_tenant,
    change_tenant,
    move_tenant,
    seed_levels,
    set_industry_parent,
)
from tests.tenants.unions import World


async def codes(owner: Database, condition: object) -> set[str]:
    async with owner.plain() as session:
        return {row.code for row in await session.execute(facts_select().where(condition))}  # type: ignore[arg-type]


async def refusal(owner: Database, clock: FixedClock, **values: object) -> tuple[str, tuple[str, ...]]:
    given = {"code": "new-one", "name": "新工会", "level": "enterprise", **values}
    with pytest.raises(Failure) as caught:
        async with owner.plain() as session:
            await add_tenant(session, clock, NewTenant(**given))  # type: ignore[arg-type]
    return caught.value.code, caught.value.path


async def paths_are_right(owner: Database) -> None:
    """Every path is that of the superior and the union's own segment, on both lines."""
    async with owner.plain() as session:
        rows = {row.id: row for row in (await session.execute(facts_select())).all()}
    for row in rows.values():
        segment = tree.segment(row.id)
        above = None if row.parent_id is None else rows[row.parent_id]
        assert row.path == (tree.root_path(segment) if above is None else tree.child_path(above.path, segment))
        beside = None if row.industry_parent_id is None else rows[row.industry_parent_id]
        if beside is not None:
            assert row.industry_path == tree.child_path(beside.industry_path or "", segment)


async def test_the_ladder_stands_as_it_was_added(owner: Database, world: World) -> None:
    await paths_are_right(owner)
    async with owner.plain() as session:
        grid = await get_tenant_by_code(session, "grid")
        assert grid == world.unions["grid"]
        above = [(one.level_rank, one.code) for one in await list_ancestors(session, grid)]
        assert sorted(above) == [(10, "acftu"), (20, "jiangsu"), (20, "power"), (30, "changzhou")]
        assert [rank for rank, _ in above] == [10, 20, 20, 30]
        assert [one.code for one in await list_superiors(session, grid)] == ["acftu", "jiangsu", "changzhou"]
        assert await list_tenants(session, [grid.id, new_id()]) == {grid.id: grid}
    assert (grid.level, grid.level_rank, grid.line) == ("enterprise", 60, "territorial")
    assert await codes(owner, below(world.unions["chengdu"])) == {"wuhou", "qingyang", "wuhou-plant"}
    assert await codes(owner, children_of(world.unions["chengdu"].id)) == {"wuhou", "qingyang"}
    assert await codes(owner, below_in_industry(world.unions["power"])) == {"grid"}
    assert await codes(owner, below_in_industry(world.unions["chengdu"])) == set()
    assert await codes(owner, industry_children_of(world.unions["power"].id)) == {"grid"}


async def test_visible_in_sql_is_visible_by_the_rule(owner: Database, world: World) -> None:
    async with owner.plain() as session:
        for viewer in world.unions.values():
            for other in world.unions.values():
                found = await find_visible_tenant(session, viewer, other.id)
                assert (found == other) == is_visible(viewer, other), (viewer.code, other.code)
                assert await find_visible_tenant_by_code(session, viewer, other.code) == found
        assert await find_visible_tenant(session, world.unions["acftu"], new_id()) is None


async def test_what_cannot_be_added(owner: Database, world: World, clock: FixedClock) -> None:
    plant, city, province = (world.unions[code].id for code in ("wuhou-plant", "chengdu", "sichuan"))
    assert await refusal(owner, clock, code="No Good") == ("BAD_TENANT_CODE", ("input", "code"))
    assert await refusal(owner, clock, code="wuhou", parent_id=city) == ("TENANT_CODE_TAKEN", ("input", "code"))
    assert await refusal(owner, clock, name="") == ("BLANK", ("input", "name"))
    assert await refusal(owner, clock, name="会" * 101) == ("TOO_LONG", ("input", "name"))
    assert await refusal(owner, clock, level="village") == ("UNKNOWN_LEVEL", ("input", "level"))
    assert await refusal(owner, clock, parent_id=new_id()) == ("UNKNOWN_SUPERIOR", ("input", "parent"))
    assert await refusal(owner, clock, parent_id=plant) == ("LEVEL_NOT_BELOW", ("input", "parent"))
    assert await refusal(owner, clock, level="city", parent_id=city) == ("LEVEL_NOT_BELOW", ("input", "parent"))
    assert await refusal(owner, clock, industry_parent_id=province) == (
        "NOT_INDUSTRY_LINE",
        ("input", "industryParent"),
    )
    assert await refusal(owner, clock, credit_code="91110000600037341L") == (
        "NOT_A_UNION_CODE",
        ("input", "creditCode"),
    )
    assert await codes(owner, children_of(city)) == {"wuhou", "qingyang"}


async def test_a_new_level_is_a_row(owner: Database, world: World, clock: FixedClock) -> None:
    async with owner.plain() as session:
        await add_level(session, LevelFacts("county_group", 45, Line.TERRITORIAL, "片区"))
        new = NewTenant(code="west", name="西片区", level="county_group", parent_id=world.unions["wuhou"].id)
        added = await add_tenant(session, clock, new)
        await seed_levels(session)
    assert added.level_rank == 45
    assert await codes(owner, children_of(world.unions["wuhou"].id)) == {"wuhou-plant", "west"}


async def test_a_subtree_moves_whole_and_alone(owner: Database, world: World) -> None:
    async with owner.plain() as session:
        assert await move_tenant(session, world.unions["wuhou"].id, world.unions["changzhou"].id) == 2
    await paths_are_right(owner)
    assert await codes(owner, below(world.unions["changzhou"])) == {"grid", "wuhou", "wuhou-plant"}
    assert await codes(owner, below(world.unions["chengdu"])) == {"qingyang"}
    async with owner.plain() as session:
        assert (await get_tenant(session, world.unions["qingyang"].id)) == world.unions["qingyang"]
        assert await move_tenant(session, world.unions["wuhou"].id, world.unions["changzhou"].id) == 0


@pytest.mark.parametrize(
    ("moved", "to", "code"),
    [
        ("chengdu", "chengdu", "MOVE_INTO_ITSELF"),
        ("chengdu", "wuhou", "MOVE_INTO_ITSELF"),
        ("chengdu", "changzhou", "LEVEL_NOT_BELOW"),
        ("chengdu", "grid", "LEVEL_NOT_BELOW"),
    ],
)
async def test_what_cannot_move(owner: Database, world: World, moved: str, to: str, code: str) -> None:
    with pytest.raises(Failure) as caught:
        async with owner.plain() as session:
            await move_tenant(session, world.unions[moved].id, world.unions[to].id)
    assert caught.value.code == code
    await paths_are_right(owner)


async def test_members_come_to_the_industry_line_and_leave_it(owner: Database, world: World, clock: FixedClock) -> None:
    plant, grid, power = (world.unions[code].id for code in ("wuhou-plant", "grid", "power"))
    async with owner.plain() as session:
        new = NewTenant(code="rail", name="铁路工会", level="national_industry", parent_id=world.unions["acftu"].id)
        rail = await add_tenant(session, clock, new)
        assert await set_industry_parent(session, plant, rail.id) == 1
        assert await set_industry_parent(session, grid, None) == 1
    await paths_are_right(owner)
    async with owner.plain() as session:
        assert (await get_tenant(session, grid)).industry_path is None
        assert (await get_tenant(session, plant)).industry_parent_id == rail.id
        assert await set_industry_parent(session, plant, power) == 1
    assert await codes(owner, industry_children_of(power)) == {"wuhou-plant"}
    await paths_are_right(owner)


async def test_an_industrial_branch_moves_with_those_below_it(owner: Database, world: World, clock: FixedClock) -> None:
    async with owner.plain() as session:
        await add_level(session, LevelFacts("industry_branch", 25, Line.INDUSTRY, "省产业工会"))
        branch = await add_tenant(
            session,
            clock,
            NewTenant(code="branch", name="省能源", level="industry_branch", parent_id=world.unions["jiangsu"].id),
        )
        await set_industry_parent(session, world.unions["grid"].id, branch.id)
        assert await set_industry_parent(session, branch.id, world.unions["power"].id) == 2
    await paths_are_right(owner)
    power = world.unions["power"]
    assert await codes(owner, below_in_industry(power)) == {"branch", "grid"}
    async with owner.plain() as session:
        assert await set_industry_parent(session, branch.id, None) == 2
    await paths_are_right(owner)
    assert await codes(owner, below_in_industry(power)) == set()
    assert await codes(owner, below_in_industry(branch)) == {"grid"}


async def test_whoever_has_members_below_does_not_leave_the_industry_line(
    owner: Database, world: World, clock: FixedClock
) -> None:
    async with owner.plain() as session:
        await add_level(session, LevelFacts("workshop", 70, Line.TERRITORIAL, "分会"))
        new = NewTenant(
            code="shop",
            name="一分会",
            level="workshop",
            parent_id=world.unions["grid"].id,
            industry_parent_id=world.unions["grid"].id,
        )
        await add_tenant(session, clock, new)
    with pytest.raises(Failure) as caught:
        async with owner.plain() as session:
            await set_industry_parent(session, world.unions["grid"].id, None)
    assert caught.value.code == "INDUSTRY_MEMBERS_BELOW"
    await paths_are_right(owner)


async def test_nobody_is_added_below_a_closed_union(owner: Database, world: World, clock: FixedClock) -> None:
    async with owner.plain() as session:
        await change_tenant(session, world.unions["wuhou"].id, name="武侯区总工会", active=False)
    assert await refusal(owner, clock, parent_id=world.unions["wuhou"].id) == ("UNKNOWN_SUPERIOR", ("input", "parent"))
    async with owner.plain() as session:
        assert (await get_tenant(session, world.unions["wuhou"].id)).name == "武侯区总工会"


async def test_insertions_and_moves_at_once_leave_no_path_behind(
    owner: Database, world: World, clock: FixedClock
) -> None:
    async def insert(number: int) -> None:
        async with owner.plain() as session:
            new = NewTenant(code=f"plant-{number}", name="厂", level="enterprise", parent_id=world.unions["wuhou"].id)
            await add_tenant(session, clock, new)

    async def move(to: str) -> None:
        async with owner.plain() as session:
            await move_tenant(session, world.unions["wuhou"].id, world.unions[to].id)

    await asyncio.gather(
        *(insert(number) if number % 4 else move(("changzhou", "chengdu")[number // 4 % 2]) for number in range(40))
    )
    await paths_are_right(owner)
    async with owner.plain() as session:
        assert (await session.execute(text("select count(*) from tenant"))).scalar_one() == 10 + 30


async def test_two_moves_against_each_other_make_no_ring(owner: Database, world: World, clock: FixedClock) -> None:
    async with owner.plain() as session:
        await add_level(session, LevelFacts("zone", 35, Line.TERRITORIAL, "片"))
        await add_level(session, LevelFacts("sub", 36, Line.TERRITORIAL, "段"))
        zone = await add_tenant(
            session, clock, NewTenant(code="zone", name="片", level="zone", parent_id=world.unions["chengdu"].id)
        )
        sub = await add_tenant(session, clock, NewTenant(code="sub", name="段", level="sub", parent_id=zone.id))

    async def move(one: object, to: object) -> str:
        try:
            async with owner.plain() as session:
                await move_tenant(session, one, to)  # type: ignore[arg-type]
        except Failure as failure:
            return failure.code
        return "moved"

    outcomes = await asyncio.gather(move(zone.id, sub.id), move(sub.id, world.unions["chengdu"].id))
    assert outcomes[1] == "moved"
    assert outcomes[0] in {"MOVE_INTO_ITSELF", "LEVEL_NOT_BELOW"}
    await paths_are_right(owner)
