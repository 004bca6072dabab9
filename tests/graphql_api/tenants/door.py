"""Signing in over the contract."""

from dataclasses import dataclass
from typing import Any

from tests.graphql_api.client import Client
from tests.tenants.unions import PASSWORD

SIGN_IN = """
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    token expiresAt
    viewer { name login roles tenant { code name } session { isCurrent } memberships { tenant { code } } }
    errors { code family message path params { name value } rule { article } }
  }
}
"""


@dataclass(frozen=True)
class Door:
    """Where people sign in."""

    api: Client

    async def answer(self, tenant: str, login: str, password: str = PASSWORD) -> Any:
        given = {"tenant": tenant, "login": login, "password": password}
        return (await self.api.data(SIGN_IN, input=given))["signIn"]

    async def token(self, tenant: str = "wuhou", login: str = "zhang.wei") -> str:
        return (await self.answer(tenant, login))["token"]
