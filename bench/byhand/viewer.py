"""Who is signed in, his union and his places."""

import asyncio

from bench.byhand.lists import Json, place_of
from bench.byhand.pool import Pool, alone
from bench.byhand.session import Who
from bench.byhand.shapes import opaque
from bench.byhand.walls import UNION
from graphql_api.tenants.viewer import roles_of

OWN_UNION = alone(
    f"SELECT tenant.id, tenant.code, tenant.name FROM tenant WHERE {UNION} AND tenant.id = $1 AND bound.tenant IS NOT NULL"
)
PLACES = """
SELECT tenant.id, tenant.name
FROM membership JOIN account ON account.id = membership.account_id JOIN tenant ON tenant.id = membership.tenant_id
JOIN level ON level.code = tenant.level
WHERE membership.account_id = $1 AND membership.valid_from <= $2 AND (membership.valid_to IS NULL OR membership.valid_to > $2)
    AND account.state = 'active' AND tenant.active
ORDER BY level.rank, tenant.path
"""


async def viewer(app: Pool, login: Pool, who: Who) -> Json:
    """Union and places are asked for at the same time, by their two roles."""
    actor = who.actor

    unions, places = await asyncio.gather(
        app.fetch(OWN_UNION, *place_of(who)), login.fetch(PLACES, actor.account_id, who.today)
    )
    key, code, name = unions[0]
    memberships = [{"tenant": {"id": opaque("Tenant", place), "name": called}} for place, called in places]
    roles = [role.name for role in roles_of(frozenset(role.value for role in actor.roles | actor.withheld))]
    return {
        "viewer": {
            "name": actor.name,
            "login": who.login,
            "roles": roles,
            "tenant": {"id": opaque("Tenant", key), "code": code, "name": name},
            "memberships": memberships,
        }
    }
