"""What a look-up costs does not grow with the tree: each is answered from indexes among twenty thousand unions."""

from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.database import Database
from tenants import tree
from tenants.model import Tenant
from tenants.queries import FactsSelect, below_in_industry, children_of, facts_select, industry_children_of, visible_to
from tests.tenants.unions import World

CROWD = """
    insert into tenant (id, code, name, level, parent_id, path, industry_parent_id, industry_path, active, created_at)
    select gen_random_uuid(), 'crowd-' || n, '厂', 'enterprise', :parent, :path || lpad(n::text, 12, '0') || '.',
        case when n % 10 = 0 then cast(:power as uuid) end,
        case when n % 10 = 0 then :industry_path || lpad(n::text, 12, '0') || '.' end, true, now()
    from generate_series(1, 10000) n
"""


async def plan(session: AsyncSession, statement: FactsSelect) -> str:
    compiled = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    return "\n".join((await session.execute(text(f"explain {compiled}".replace(":", "\\:")))).scalars())


async def test_every_look_up_is_answered_from_an_index(owner: Database, world: World) -> None:
    unions = world.unions
    async with owner.plain() as session:
        for offset, code in enumerate(("wuhou", "changzhou")):
            crowd = CROWD.replace("'crowd-'", f"'crowd-{offset}-'").replace(
                "lpad(n::text", f"'{offset}' || lpad(n::text"
            )
            places = {"parent": unions[code].id, "path": unions[code].path}
            power = {"power": unions["power"].id, "industry_path": unions["power"].industry_path}
            await session.execute(text(crowd), {**places, **power})
        await session.execute(text("analyze tenant"))
        facts = facts_select()
        low, high = tree.subtree(unions["chengdu"].path)
        statements = {
            "visible by id": facts.where(Tenant.id == unions["qingyang"].id, visible_to(unions["wuhou"])),
            "visible by code": facts.where(Tenant.code == "qingyang", visible_to(unions["acftu"])),
            "ancestors": facts.where(Tenant.path.in_(tree.ancestor_paths(unions["grid"].path))),
            "children": facts.where(children_of(unions["wuhou"].id)).order_by(Tenant.id).limit(21),
            "industry children": facts.where(industry_children_of(unions["power"].id)).order_by(Tenant.id).limit(21),
            "first below": facts.where(Tenant.path > low, Tenant.path < high).order_by(Tenant.path).limit(21),
            "below in industry": facts.where(below_in_industry(unions["power"]))
            .order_by(Tenant.industry_path)
            .limit(21),
        }
        plans = {name: await plan(session, statement) for name, statement in statements.items()}
    assert {name: found for name, found in plans.items() if "Seq Scan on tenant" in found} == {}
