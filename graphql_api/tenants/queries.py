"""Who is signed in, the unions, their people."""

from typing import Any

import strawberry

from authz.administration import visible_unions
from graphql_api.context import Info
from graphql_api.ids import find_key
from graphql_api.pagination import Connection
from graphql_api.resolvers import find_row  # pyright: ignore[reportUnknownVariableType]
from graphql_api.sources import many
from graphql_api.tenants.types import MemberType, TenantType
from graphql_api.tenants.viewer import SessionType, Viewer, list_sessions
from tenants.errors import ID_OR_CODE
from tenants.queries import find_visible_tenant_by_code


@strawberry.type
class TenantsQuery:
    members: Connection[MemberType] | None = many(
        description="The people of this union; for its administrators and auditors."
    )

    @strawberry.field(description="Who is signed in; null for nobody.")
    async def viewer(self, info: Info) -> Viewer | None:
        """From the session."""
        return None if info.context.signed_in is None else Viewer(signed_in=info.context.signed_in)

    @strawberry.field(description="The viewer's own live sessions in all unions, the latest first.")
    async def sessions(self, info: Info) -> list[SessionType] | None:
        """At most a few."""
        return await list_sessions(info, info.context.require_signed_in())

    @strawberry.field(
        description="A union by its id or its code (exactly one); null where there is none that the viewer knows of."
    )
    async def tenant(self, info: Info, id: strawberry.ID | None = None, code: str | None = None) -> TenantType | None:  # noqa: A002
        """A stranger's is null, as an unknown one is; a token that covers no unions is told so before either is looked for."""
        actor = info.context.require_actor()
        visible_unions(actor)
        if (id is None) == (code is None):
            raise ID_OR_CODE(path=("id",))
        if id is not None:
            key = find_key(id, "Tenant")
        else:
            async with info.context.read() as scope:
                found = await find_visible_tenant_by_code(scope.session, actor.tenant, code or "")
            key = None if found is None else found.id
        row: Any = None if key is None else await find_row(info._raw_info, "Tenant", key)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportUnknownArgumentType]
        return row
