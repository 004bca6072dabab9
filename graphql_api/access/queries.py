"""Reading how a member gets in."""

import strawberry

from authz import account_access
from graphql_api.access.types import MemberAccess, shown_access
from graphql_api.context import Info
from graphql_api.ids import find_key


@strawberry.type
class AccessQuery:
    """The roots of how members get in."""

    @strawberry.field(
        description="How a member of this union gets in; for its system and security administrators. Null for nobody's id."
    )
    async def member_access(self, info: Info, member_id: strawberry.ID) -> MemberAccess | None:
        """A stranger's member is null, as an unknown one is."""
        key = find_key(member_id, "Member")
        if key is None:
            return None
        async with info.context.read() as scope:
            found = await account_access.find_account_access(scope, info.context.services.entrance, key)
        return None if found is None else shown_access(found)
