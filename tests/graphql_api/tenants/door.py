"""Signing in over the contract."""

from dataclasses import dataclass, field
from typing import Any

from kernel.clock import FixedClock
from tenants.accounts.codes import code_at
from tests.graphql_api.client import Client
from tests.tenants.unions import PASSWORD, SECRET

SIGN_IN = """
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    token expiresAt
    viewer { name login roles tenant { code name } session { isCurrent } memberships { tenant { code } } }
    errors { code family message path params { name value } rule { article } }
  }
}
"""
CHANGE = "mutation ($input: ChangeOwnPasswordInput!) { changeOwnPassword(input: $input) { done errors { code path } } }"
STEP = """
mutation ($input: SignInInput!) { signIn(input: $input) {
  token secondFactorRequired { challenge expiresAt serverTime } errors { code message } } }
"""
COMPLETE = """
mutation ($input: CompleteSignInInput!) { completeSignIn(input: $input) {
  token viewer { login tenant { code } session { strength } } errors { code message path params { name } } } }
"""


@dataclass(frozen=True)
class Door:
    """Where people sign in."""

    api: Client
    clock: FixedClock
    entered: dict[tuple[str, str], str] = field(default_factory=dict)
    """Tokens of two factors: a code is good once, and the clock stands."""

    async def answer(self, tenant: str, login: str, password: str = PASSWORD) -> Any:
        given = {"tenant": tenant, "login": login, "password": password}
        return (await self.api.data(SIGN_IN, input=given))["signIn"]

    async def token(self, tenant: str = "wuhou", login: str = "zhang.wei") -> str:
        """A session, by both steps where two are needed; then the same one for the same person."""
        if (tenant, login) in self.entered:
            return self.entered[tenant, login]
        token = (await self.answer(tenant, login))["token"]
        if token is None:
            answer = await self.complete(await self.challenge(tenant, login), code_at(SECRET, self.clock.now()))
            token = self.entered[tenant, login] = answer["token"]
        return token

    async def first_token(self, tenant: str, login: str) -> str:
        """A session of somebody whose password an administrator gave, after he has changed it."""
        given = {"tenant": tenant, "login": login, "password": PASSWORD}
        token = (await self.api.data(STEP, input=given))["signIn"]["token"]
        change = {"oldPassword": PASSWORD, "newPassword": "yi-ge-xin-de-mima"}
        answer = (await self.api.data(CHANGE, who=token, input=change))["changeOwnPassword"]
        assert answer == {"done": True, "errors": []}
        return token

    async def challenge(self, tenant: str, login: str, password: str = PASSWORD) -> str:
        """What the first step gives to whoever has a second factor."""
        given = {"tenant": tenant, "login": login, "password": password}
        answer = (await self.api.data(STEP, input=given))["signIn"]
        assert answer["token"] is None
        return answer["secondFactorRequired"]["challenge"]

    async def complete(self, challenge: str, code: str) -> Any:
        """The answer to the second step."""
        return (await self.api.data(COMPLETE, input={"challenge": challenge, "code": code}))["completeSignIn"]
