"""Who is there, and what they send."""

from dataclasses import dataclass
from typing import Any

from graphql_api.ids import encode_id
from kernel.ids import new_id
from tests.graphql_api.client import Client
from tests.graphql_api.tenants.door import Door
from tests.tenants.unions import World

ERRORS = "errors { code family message path }"
GRANT = f"mutation ($input: GrantDeputyInput!) {{ answer: grantDeputy(input: $input) {{ grant {{ id deputy roles }} {ERRORS} }} }}"
REVOKE = f"mutation ($input: RevokeDeputyInput!) {{ answer: revokeDeputy(input: $input) {{ grant {{ revokedBy }} {ERRORS} }} }}"
ACT_AS = f"mutation ($input: ActAsDeputyInput!) {{ answer: actAsDeputy(input: $input) {{ token viewer {{ name roles }} {ERRORS} }} }}"
ENTER = f"mutation ($input: EnterUnionInput!) {{ answer: enterUnion(input: $input) {{ token viewer {{ name roles tenant {{ code }} }} {ERRORS} }} }}"
OPEN_CASE = f"mutation ($input: OpenCaseBelowInput!) {{ answer: openCaseBelow(input: $input) {{ token viewer {{ name roles }} {ERRORS} }} }}"
LEAVE = "mutation { answer: leaveUnion { done errors { code } } }"
VISITS = """{ visits(first: 10) { edges { node { side kind visitor reason endedAt counterpart { code }
  reads(first: 50) { edges { node { actor asked objectKind rows } } } } } } }"""
SUBSTITUTION = f"answer: {{name}}(input: $input) {{{{ substitution {{{{ id state version officer }}}} {ERRORS.replace('{', '{{').replace('}', '}}')} }}}}"
ASK = f"mutation ($input: RequestSubstituteInput!) {{ {SUBSTITUTION.format(name='requestSubstitute')} }}"
APPOINT = f"mutation ($input: AppointSubstituteInput!) {{ {SUBSTITUTION.format(name='appointSubstitute')} }}"
END = f"mutation ($input: EndSubstitutionInput!) {{ {SUBSTITUTION.format(name='endSubstitution')} }}"
ACT_AS_SUBSTITUTE = f"""mutation ($input: ActAsSubstituteInput!) {{ answer: actAsSubstitute(input: $input) {{
  token viewer {{ roles tenant {{ code }} }} {ERRORS} }} }}"""
SUBSTITUTIONS = """{ substitutions(first: 10) { edges { node { id side state roles reason askedBy officer assignedBy validTo endedBy endedBecause version
  counterpart { code } acts(first: 10) { edges { node { act objectKind } } } } } } }"""
GRANTS = (
    "{ deputyGrants(first: 10) { totalCount edges { node { id granter deputy roles reason validTo revokedBy } } } }"
)


@dataclass(frozen=True)
class Person:
    """A login with its places."""

    login: str
    places: tuple[tuple[str, tuple[str, ...]], ...]
    two_factors: bool = False


PEOPLE = (
    Person("zhou", (("wuhou", ("recommender", "clerk")),)),
    Person("wuyi", (("wuhou", ("clerk",)), ("chengdu", ("clerk",)))),
    Person("zheng", (("wuhou", ("notice_officer",)),)),
    Person("cash", (("wuhou", ("finance_approver", "clerk")),), two_factors=True),
    Person("pay", (("wuhou", ("investigator",)),), two_factors=True),
    Person("secure", (("wuhou", ("security_admin",)),), two_factors=True),
    Person("audit", (("wuhou", ("audit_admin",)),), two_factors=True),
    Person("look", (("wuhou", ("auditor",)),), two_factors=True),
    Person("expert", (("wuhou", ("expert",)),)),
    Person("head", (("wuhou-plant", ("clerk", "chair")),)),
    Person("hand", (("wuhou-plant", ("notice_officer",)),)),
    Person("city", (("chengdu", ("auditor", "clerk")),), two_factors=True),
    Person("weak", (("chengdu", ("auditor",)),)),
    Person("prov", (("sichuan", ("auditor",)),), two_factors=True),
    Person("grid", (("power", ("auditor",)),), two_factors=True),
    Person("other", (("changzhou", ("auditor",)),), two_factors=True),
    Person("side", (("qingyang", ("auditor",)),), two_factors=True),
    Person("plant", (("wuhou-plant", ("auditor",)),), two_factors=True),
    Person("adm", (("chengdu", ("security_admin",)),), two_factors=True),
    Person("next", (("qingyang", ("recommender", "clerk")),)),
)


@dataclass(frozen=True)
class People:
    """Sends what they send."""

    api: Client
    door: Door
    world: World

    async def token(self, login: str, code: str = "wuhou") -> str:
        return await self.door.token(code, login)

    async def send(self, who: str, query: str, **given: Any) -> Any:
        """The payload."""
        return (await self.api.data(query, who=who, input=given))["answer"]

    async def refusal(self, who: str, query: str, **given: Any) -> str:
        """The one code with which it is refused."""
        answer = await self.send(who, query, **given)
        [error] = answer["errors"]
        return error["code"]

    def colleague(self, login: str, code: str = "wuhou") -> str:
        return encode_id("Colleague", self.world.memberships[login, code])

    def deputy(self, login: str, *roles: str, code: str = "wuhou", **values: Any) -> dict[str, Any]:
        """What `grantDeputy` takes."""
        return {
            "idempotencyKey": str(new_id()),
            "deputyId": self.colleague(login, code),
            "roles": [role.upper() for role in roles],
            "reason": "出差",
            "validFrom": "2026-03-02",
            "validTo": "2026-03-10",
            **values,
        }

    async def grant(self, granter: str, deputy: str, *roles: str, code: str = "wuhou") -> str:
        """The id of a grant that was made."""
        answer = await self.send(await self.token(granter, code), GRANT, **self.deputy(deputy, *roles, code=code))
        assert answer["errors"] == []
        return answer["grant"]["id"]

    async def act_as(self, deputy: str, grant: str, code: str = "wuhou") -> str:
        """The token of the session in which he stands in."""
        answer = await self.send(await self.token(deputy, code), ACT_AS, grantId=grant)
        assert answer["errors"] == []
        return answer["token"]

    async def revoke(self, login: str, grant: str) -> Any:
        return await self.send(await self.token(login), REVOKE, idempotencyKey=str(new_id()), grantId=grant)
