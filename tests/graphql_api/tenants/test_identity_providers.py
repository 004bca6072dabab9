"""Signing in by an identity provider, over HTTP on both sides: the right way in, and everything that an attacker would bring."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import text

from graphql_api.accounts.mutations import AccountsMutation
from graphql_api.app import make_app
from graphql_api.context import EntranceAuthenticator, Services
from graphql_api.delegation.mutations import DelegationMutation
from graphql_api.ids import encode_id
from graphql_api.oidc import COOKIE, make_side_door
from graphql_api.schema import Contract, build
from graphql_api.tenants.mutations import TenantsMutation
from graphql_api.tenants.queries import TenantsQuery
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import SettingsError
from tenants.accounts.codes import code_at
from tenants.accounts.entrance import Entrance
from tenants.accounts.oidc.configuration import OidcConfiguration, Provider, read_configuration
from tests.graphql_api.client import Client
from tests.graphql_api.delegation.people import ACT_AS, GRANT
from tests.graphql_api.tenants.door import Door
from tests.graphql_api.tenants.identity_provider import SECRET, IdentityProvider, new_key, providing
from tests.tenants.unions import SECRET as FACTOR
from tests.tenants.unions import World, add_person, enrol

HOME = "https://jiangti.test"
VERIFIER = "the-clients-own-verifier-which-it-tells-nobody"
PROOF = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDEEM = """mutation ($input: RedeemTicketInput!) { answer: redeemTicket(input: $input) {
  token secondFactorRequired { challenge } viewer { login roles withheldRoles session { strength provider } } errors { code } } }"""
LINK = "mutation ($input: LinkIdentityInput!) { answer: linkIdentity(input: $input) { errors { code path } } }"
UNLINK = "mutation ($input: UnlinkIdentityInput!) { answer: unlinkIdentity(input: $input) { errors { code } } }"
LOGIN = "{ viewer { login passwordExpired } }"
SESSION = "{ viewer { passwordExpired session { provider } } }"
FAILED = "SIGN_IN_FAILED"


@pytest.fixture(scope="session")
def contract() -> Contract:
    return build(b"secret", TenantsQuery, TenantsMutation, AccountsMutation, DelegationMutation)


@pytest.fixture
async def secure(owner: Database, clock: FixedClock, world: World) -> None:
    """`secure` is 武侯's security administrator."""
    await add_person(owner, clock, world, "secure", ("wuhou", {"security_admin"}))
    await enrol(owner, clock, world, "secure")


@pytest.fixture
async def idp(clock: FixedClock) -> AsyncIterator[IdentityProvider]:
    async with providing(clock) as provider:
        yield provider


@pytest.fixture
async def other_idp(clock: FixedClock) -> AsyncIterator[IdentityProvider]:
    async with providing(clock) as provider:
        yield provider


@pytest.fixture
async def api(
    contract: Contract,
    app: Database,
    entrance: Entrance,
    clock: FixedClock,
    secure: None,
    idp: IdentityProvider,
    other_idp: IdentityProvider,
) -> AsyncIterator[Client]:
    """The application with two providers."""
    named = {
        "sichuan": Provider(
            name="四川统一认证",
            issuer=idp.issuer,
            client_id="jiangti",
            client_secret=SECRET,
            strong_acr=frozenset({"urn:two"}),
            strong_amr=frozenset({"otp"}),
        ),
        "beijing": Provider(name="北京统一认证", issuer=other_idp.issuer, client_id="jiangti"),
    }
    configuration = OidcConfiguration(public_url=HOME, after=f"{HOME}/desk", providers=named)
    services = Services(app, entrance, clock, EntranceAuthenticator(entrance, clock))
    side = make_side_door(configuration, services, b"k" * 32, refetch_after=0)
    transport = httpx.ASGITransport(app=make_app(contract, services, demo=False, side=side))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as http:
        yield Client(http)
    await side.close()


@dataclass
class Browser:
    """Goes where it is sent, and keeps cookies."""

    api: Client

    async def start(self, provider: str = "sichuan", tenant: str = "wuhou", challenge: str = PROOF) -> httpx.Response:
        asked = {"tenant": tenant, "challenge": challenge}
        return await self.api.http.get(f"/oidc/{provider}/start", params=asked)

    async def at_provider(self, answer: httpx.Response) -> str:
        """Signs in there; where the provider sends us back."""
        async with httpx.AsyncClient() as http:
            return (await http.get(answer.headers["location"])).headers["location"]

    async def back(self, address: str) -> dict[str, str]:
        """What the address line says in the end."""
        answer = await self.api.http.get(address)
        assert answer.status_code == 303
        page, _, told = answer.headers["location"].partition("#")
        assert page == f"{HOME}/desk"
        return {name: values[0] for name, values in parse_qs(told).items()}

    async def ticket(self, provider: str = "sichuan", tenant: str = "wuhou") -> dict[str, str]:
        return await self.back(await self.at_provider(await self.start(provider, tenant)))

    async def redeem(self, ticket: str, verifier: str = VERIFIER) -> Any:
        return (await self.api.data(REDEEM, input={"ticket": ticket, "verifier": verifier}))["answer"]

    async def enter(self, provider: str = "sichuan", tenant: str = "wuhou") -> Any:
        told = await self.ticket(provider, tenant)
        return await self.redeem(told["ticket"])


@pytest.fixture
def browser(api: Client) -> Browser:
    return Browser(api)


def codes(answer: Any) -> list[str]:
    return [error["code"] for error in answer["errors"]]


async def link(
    api: Client, door: Door, world: World, login: str = "audit", subject: str = "2.16.156.10001", **given: Any
) -> list[str]:
    asked = {
        "idempotencyKey": str(new_id()),
        "memberId": encode_id("Member", world.memberships[login, "wuhou"]),
        "provider": "sichuan",
        "subject": subject,
        **given,
    }
    secure = await door.token("wuhou", "secure")
    return codes((await api.data(LINK, who=secure, input=asked))["answer"])


@pytest.fixture
async def linked(api: Client, door: Door, world: World, owner: Database, clock: FixedClock) -> str:
    """`lin.qiao`, clerk and treasurer at 武侯, without a factor of her own, whom the provider knows as 2.16.156.10001."""
    await add_person(owner, clock, world, "lin.qiao", ("wuhou", {"clerk", "finance_approver"}))
    assert await link(api, door, world, "lin.qiao") == []
    return "lin.qiao"


async def test_who_was_linked_comes_in_with_our_own_session(
    browser: Browser, api: Client, linked: str, idp: IdentityProvider, owner: Database, world: World
) -> None:
    assert (await api.http.get("/oidc")).json() == {
        "providers": [{"key": "sichuan", "name": "四川统一认证"}, {"key": "beijing", "name": "北京统一认证"}]
    }
    begun = await browser.enter()
    token = begun.pop("token")
    assert begun == {
        "secondFactorRequired": None,
        "viewer": {
            "login": "lin.qiao",
            "roles": ["CLERK", "FINANCE_APPROVER"],
            "withheldRoles": ["FINANCE_APPROVER"],
            "session": {"strength": 1, "provider": "sichuan"},
        },
        "errors": [],
    }
    assert (await api.data(LOGIN, who=token))["viewer"]["login"] == linked
    assert "token Basic " in idp.seen
    async with owner.read(world.unions["wuhou"].id) as session:
        rows = await session.execute(text("select act, after from audit_entry where actor like 'lin.qiao%'"))
        assert [tuple(row) for row in rows] == [("session:sign_in", {"provider": "sichuan", "strength": 1})]
        kept = (await session.execute(text("select federated_identity::text from federated_identity"))).scalar_one()
        assert "2.16.156" not in kept


async def test_the_cookie_is_for_this_host_and_no_script(browser: Browser, linked: str) -> None:
    answer = await browser.start()
    assert answer.status_code == 302
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "HttpOnly",
        "Secure",
        "SameSite=lax",
        "Path=/",
        "Max-Age=600",
    }
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert {name: asked[name] for name in ("response_type", "scope", "code_challenge_method", "redirect_uri")} == {
        "response_type": ["code"],
        "scope": ["openid"],
        "code_challenge_method": ["S256"],
        "redirect_uri": [f"{HOME}/oidc/sichuan/callback"],
    }


@pytest.mark.parametrize(
    ("claims", "strength"),
    [
        ({"acr": "urn:two"}, 2),
        ({"amr": ["pwd", "otp"]}, 2),
        ({"acr": "urn:one", "amr": ["pwd"]}, 1),
        ({"amr": "otp"}, 1),
        ({"acr": ["urn:two"]}, 1),
    ],
)
async def test_two_factors_only_if_it_says_so_in_the_configured_words(
    browser: Browser, linked: str, idp: IdentityProvider, claims: dict[str, Any], strength: int
) -> None:
    idp.claims = claims
    viewer = (await browser.enter())["viewer"]
    assert viewer["session"]["strength"] == strength
    assert viewer["withheldRoles"] == ([] if strength == 2 else ["FINANCE_APPROVER"])


async def test_a_factor_of_ones_own_is_asked_for_where_the_provider_does_not_vouch_for_two(
    browser: Browser, door: Door, linked: str, owner: Database, clock: FixedClock, world: World, idp: IdentityProvider
) -> None:
    await enrol(owner, clock, world, linked)
    async with owner.plain() as session:
        await session.execute(text("update account set must_change_password = true where login = :it"), {"it": linked})
    begun = await browser.enter()
    assert (begun["token"], begun["viewer"]) == (None, None)
    done = await door.complete(begun["secondFactorRequired"]["challenge"], code_at(FACTOR, clock.now()))
    assert done["viewer"]["session"]["strength"] == 2
    assert (await browser.api.data(SESSION, who=done["token"]))["viewer"] == {
        "passwordExpired": False,
        "session": {"provider": "sichuan"},
    }
    idp.claims = {"acr": "urn:two"}
    assert (await browser.enter())["viewer"]["session"]["strength"] == 2


async def test_the_age_of_a_password_is_nothing_to_whoever_did_not_give_it(
    browser: Browser, api: Client, linked: str, owner: Database
) -> None:
    async with owner.plain() as session:
        await session.execute(text("update account set must_change_password = true where login = 'lin.qiao'"))
    token = (await browser.enter())["token"]
    assert (await api.data(LOGIN, who=token))["viewer"] == {"login": "lin.qiao", "passwordExpired": False}


def changed(**claims: Any) -> Any:
    return lambda before: {name: value for name, value in {**before, **claims}.items() if value is not None}


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(changed(nonce="another"), id="wrong nonce"),
        pytest.param(changed(nonce=None), id="no nonce"),
        pytest.param(changed(aud="another"), id="wrong audience"),
        pytest.param(changed(aud=["jiangti", "another"]), id="another audience as well"),
        pytest.param(changed(azp="another"), id="for another party"),
        pytest.param(changed(iss="https://evil.example"), id="wrong issuer"),
        pytest.param(changed(iss=None), id="no issuer"),
        pytest.param(changed(sub=None), id="no subject"),
        pytest.param(changed(sub=""), id="empty subject"),
        pytest.param(changed(sub=20), id="a number as subject"),
        pytest.param(changed(sub="somebody else"), id="nobody of ours"),
        pytest.param(changed(exp=1), id="expired"),
        pytest.param(changed(exp=None), id="never expires"),
        pytest.param(changed(iat=1), id="made long ago"),
        pytest.param(changed(iat=9_999_999_999), id="made in the future"),
        pytest.param(changed(nbf=9_999_999_999), id="not yet"),
    ],
)
async def test_a_token_that_is_not_exactly_as_it_must_be_opens_nothing(
    browser: Browser, linked: str, idp: IdentityProvider, alter: Any
) -> None:
    idp.alter = alter
    assert await browser.ticket() == {"error": FAILED}
    idp.alter = changed()
    assert "ticket" in await browser.ticket()


def unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "kid": "first"}, claims)]
    return ".".join([*(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])


async def test_no_signature_and_a_public_key_as_secret_open_nothing(
    browser: Browser, linked: str, idp: IdentityProvider
) -> None:
    assert isinstance(idp.key, RSAKey)
    public = idp.key.as_pem(private=False)
    secret = OctKey.import_key("c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw")

    def by_public_key(claims: dict[str, Any]) -> str:
        import_from = OctKey.import_key({"kty": "oct", "k": urlsafe_b64encode(public).rstrip(b"=").decode()})
        return jwt.encode({"alg": "HS256", "kid": "first"}, claims, import_from, algorithms=["HS256"])

    def by_shared_key(claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "HS256", "kid": "shared"}, claims, secret, algorithms=["HS256"])

    def by_stranger(claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims, new_key(), algorithms=["RS256"])

    def nameless(claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256"}, claims, idp.key, algorithms=["RS256"])

    def unknown(claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "second"}, claims, idp.key, algorithms=["RS256"])

    def pss(claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "PS256", "kid": "first"}, claims, idp.key, algorithms=["PS256"])

    for sign in (unsigned, by_public_key, by_shared_key, by_stranger, nameless, unknown, pss, lambda _: "x.y.z"):
        idp.sign = sign
        assert await browser.ticket() == {"error": FAILED}, sign
    idp.sign = None
    assert "ticket" in await browser.ticket()


@pytest.mark.parametrize(
    ("kind", "alg", "told"),
    [
        ("RSA", "RS256", "ticket"),
        ("EC", "ES256", "ticket"),
        ("OKP", "EdDSA", "ticket"),
        ("weak", "RS256", "error"),
        ("P-384", "ES384", "error"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
async def test_keys_of_three_kinds_are_taken_and_looked_up_when_they_are_met(
    browser: Browser, linked: str, idp: IdentityProvider, kind: str, alg: str, told: str
) -> None:
    assert "ticket" in await browser.ticket()
    idp.key, idp.kid, idp.alg = new_key(kind), "second", alg
    assert list(await browser.ticket()) == [told]


async def test_a_key_that_was_replaced_is_worth_nothing(browser: Browser, linked: str, idp: IdentityProvider) -> None:
    assert "ticket" in await browser.ticket()
    before = idp.key
    idp.key, idp.kid = new_key(), "second"
    assert "ticket" in await browser.ticket()
    idp.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, before, algorithms=["RS256"])
    assert await browser.ticket() == {"error": FAILED}


async def test_a_state_comes_back_once_in_its_own_browser_and_in_time(
    browser: Browser, api: Client, linked: str, clock: FixedClock
) -> None:
    address = await browser.at_provider(await browser.start())
    assert "ticket" in await browser.back(address)
    assert await browser.back(address) == {"error": FAILED}
    address = await browser.at_provider(await browser.start())
    both = await asyncio.gather(browser.back(address), browser.back(address))
    assert sorted(next(iter(told)) for told in both) == ["error", "ticket"]
    address = await browser.at_provider(await browser.start())
    api.http.cookies.clear()
    assert await browser.back(address) == {"error": FAILED}
    await browser.start()
    assert await browser.back(address) == {"error": FAILED}
    address = await browser.at_provider(await browser.start())
    clock.move(minutes=10)
    assert await browser.back(address) == {"error": FAILED}


async def test_a_forged_state_or_answer_opens_nothing(browser: Browser, linked: str, idp: IdentityProvider) -> None:
    for alter in (
        lambda given: {**given, "state": given["state"][:-4] + "AAAA"},
        lambda given: {**given, "state": "e30." + given["state"].partition(".")[2]},
        lambda given: {**given, "state": ""},
        lambda given: {**given, "code": "code-of-nobody"},
        lambda given: {**given, "code": ""},
        lambda given: {**given, "iss": "https://evil.example"},
        lambda given: {name: value for name, value in given.items() if name != "iss"},
        lambda given: {**given, "error": "access_denied"},
    ):
        address = await browser.at_provider(await browser.start())
        parts = urlsplit(address)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        forged = httpx.URL(f"{HOME}{parts.path}", params=alter(given))
        assert await browser.back(str(forged)) == {"error": FAILED}
    address = await browser.at_provider(await browser.start())
    assert await browser.back(f"{address}&code=another") == {"error": FAILED}


async def test_a_code_that_was_used_is_refused_by_the_provider(
    browser: Browser, linked: str, idp: IdentityProvider
) -> None:
    first = await browser.at_provider(await browser.start())
    assert "ticket" in await browser.back(first)
    second = await browser.at_provider(await browser.start())
    code = parse_qs(urlsplit(first).query)["code"][0]
    own = parse_qs(urlsplit(second).query)["code"][0]
    assert await browser.back(second.replace(f"code={own}", f"code={code}")) == {"error": FAILED}


async def test_one_provider_cannot_answer_for_another(
    browser: Browser, linked: str, idp: IdentityProvider, other_idp: IdentityProvider
) -> None:
    """The mix-up: an attacker's provider receives, or hands on, what was meant for the honest one; also where it uses the honest one's subject."""
    other_idp.subject = idp.subject
    assert await browser.ticket("beijing") == {"error": FAILED}
    address = await browser.at_provider(await browser.start("sichuan"))
    assert await browser.back(address.replace("/sichuan/", "/beijing/")) == {"error": FAILED}
    other_idp.claims = {"iss": idp.issuer}
    assert await browser.ticket("beijing") == {"error": FAILED}
    other_idp.metadata = {"token_endpoint": f"{idp.issuer}/token"}
    assert await browser.ticket("beijing") == {"error": FAILED}
    assert "ticket" in await browser.ticket("sichuan")


async def test_nothing_is_fetched_from_where_nobody_said(
    browser: Browser, linked: str, idp: IdentityProvider, other_idp: IdentityProvider
) -> None:
    for changed_metadata in (
        {"jwks_uri": f"{other_idp.issuer}/elsewhere"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"issuer": other_idp.issuer},
        {"issuer": f"{idp.issuer}/"},
    ):
        idp.metadata = changed_metadata
        answer = await browser.start()
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["reason"]) == (400, FAILED)
    assert "elsewhere" not in other_idp.seen


async def test_the_start_takes_no_made_up_provider_and_needs_a_challenge(browser: Browser, linked: str) -> None:
    for given in (
        {"provider": "evil"},
        {"challenge": ""},
        {"challenge": "x" * 42},
        {"challenge": "甲" * 43},
        {"tenant": ""},
    ):
        assert (await browser.start(**given)).status_code == 400


async def test_a_ticket_is_good_once_for_a_minute_and_for_its_client(
    browser: Browser, api: Client, linked: str, clock: FixedClock
) -> None:
    ticket = (await browser.ticket())["ticket"]
    assert (await api.ask(LOGIN, who=ticket)).status == 401
    assert codes(await browser.redeem(ticket, "another verifier")) == [FAILED]
    both = await asyncio.gather(browser.redeem(ticket), browser.redeem(ticket))
    assert sorted(len(one["errors"]) for one in both) == [0, 1]
    assert codes(await browser.redeem(ticket)) == [FAILED]
    late = (await browser.ticket())["ticket"]
    clock.move(seconds=60)
    assert codes(await browser.redeem(late)) == [FAILED]
    assert codes(await browser.redeem("x" * 43)) == codes(await browser.redeem("", "")) == [FAILED]


@pytest.mark.parametrize(
    "close",
    [
        "update account set state = 'disabled' where login = 'lin.qiao'",
        "update account set locked_until = '2999-01-01' where login = 'lin.qiao'",
        "update tenant set active = false where code = 'wuhou'",
    ],
)
async def test_a_closed_account_or_union_opens_to_no_provider(
    browser: Browser, linked: str, owner: Database, close: str
) -> None:
    ticket = (await browser.ticket())["ticket"]
    async with owner.plain() as session:
        await session.execute(text(close))
    assert codes(await browser.redeem(ticket)) == [FAILED]
    told = await browser.ticket()
    assert told == {"error": FAILED} or codes(await browser.redeem(told["ticket"])) == [FAILED]


async def test_only_a_place_in_the_named_union_opens_it(browser: Browser, linked: str) -> None:
    for tenant in ("chengdu", "qingyang", "nowhere"):
        assert await browser.ticket(tenant=tenant) == {"error": FAILED}


async def test_only_the_security_administrator_links_and_never_himself(
    api: Client, door: Door, world: World, browser: Browser, linked: str
) -> None:
    given = {
        "idempotencyKey": "link-somebody",
        "memberId": encode_id("Member", world.memberships["lin.qiao", "wuhou"]),
        "provider": "beijing",
        "subject": "7",
    }
    for login in ("zhang.wei", "admin", "audit"):
        who = await door.token("wuhou", login)
        assert codes((await api.data(LINK, who=who, input=given))["answer"]) == ["NOT_PERMITTED"]
    stranger = await door.token("qingyang", "li.na")
    assert codes((await api.data(LINK, who=stranger, input=given))["answer"]) == ["NOT_FOUND"]
    assert await link(api, door, world, "secure", "8") == ["OWN_ACCOUNT"]
    assert await link(api, door, world, "zhang.wei", "8") == ["SEATED_ELSEWHERE"]
    assert await link(api, door, world, "admin") == ["IDENTITY_TAKEN"]
    assert await link(api, door, world, "lin.qiao", "9") == ["IDENTITY_TAKEN"]
    assert await link(api, door, world, "admin", "9", provider="evil") == ["UNKNOWN_PROVIDER"]
    assert await link(api, door, world, "admin", " ") == ["BLANK"]
    token = (await browser.enter())["token"]
    undo = {name: given[name] for name in ("memberId",)} | {"idempotencyKey": "unlink-her", "provider": "sichuan"}
    secure = await door.token("wuhou", "secure")
    assert codes((await api.data(UNLINK, who=secure, input=undo))["answer"]) == []
    assert (await api.ask(LOGIN, who=token)).status == 401
    assert await browser.ticket() == {"error": FAILED}
    again = {**undo, "idempotencyKey": "unlink-again"}
    assert codes((await api.data(UNLINK, who=secure, input=again))["answer"]) == ["NO_IDENTITY"]


async def test_a_deputy_who_came_by_a_provider_goes_with_it(
    browser: Browser, api: Client, door: Door, world: World, owner: Database, clock: FixedClock, linked: str
) -> None:
    await add_person(owner, clock, world, "granter", ("wuhou", {"clerk"}))
    grant = {
        "idempotencyKey": str(new_id()),
        "deputyId": encode_id("Colleague", world.memberships[linked, "wuhou"]),
        "roles": ["CLERK"],
        "reason": "出差",
        "validFrom": "2026-03-02",
        "validTo": "2026-03-10",
    }
    handed = await api.data(GRANT, who=await door.token("wuhou", "granter"), input=grant)
    own = (await browser.enter())["token"]
    answer = await api.data(ACT_AS, who=own, input={"grantId": handed["answer"]["grant"]["id"]})
    assert (await api.data(LOGIN, who=answer["answer"]["token"]))["viewer"]["login"] == linked
    undo = {
        "memberId": encode_id("Member", world.memberships[linked, "wuhou"]),
        "idempotencyKey": "unlink-her",
        "provider": "sichuan",
    }
    assert codes((await api.data(UNLINK, who=await door.token("wuhou", "secure"), input=undo))["answer"]) == []
    for token in (own, answer["answer"]["token"]):
        assert (await api.ask(LOGIN, who=token)).status == 401


async def test_a_second_step_that_an_unlinked_provider_began_is_not_finished(
    browser: Browser, api: Client, door: Door, linked: str, owner: Database, clock: FixedClock, world: World
) -> None:
    await enrol(owner, clock, world, linked)
    challenge = (await browser.enter())["secondFactorRequired"]["challenge"]
    member = encode_id("Member", world.memberships[linked, "wuhou"])
    undo = {"memberId": member, "idempotencyKey": "unlink-her", "provider": "sichuan"}
    assert codes((await api.data(UNLINK, who=await door.token("wuhou", "secure"), input=undo))["answer"]) == []
    done = await door.complete(challenge, code_at(FACTOR, clock.now()))
    assert (done["token"], codes(done)) == (None, [FAILED])


async def test_many_failures_make_the_address_wait(browser: Browser, linked: str, entrance: Entrance) -> None:
    for _ in range(entrance.policy.address_failures):
        await browser.back(f"{HOME}/oidc/sichuan/callback")
    assert await browser.back(f"{HOME}/oidc/sichuan/callback") == {"error": "TOO_MANY_ATTEMPTS"}
    answer = await browser.start()
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["reason"]) == (400, "TOO_MANY_ATTEMPTS")


async def test_without_configuration_no_route_answers(
    contract: Contract, app: Database, entrance: Entrance, clock: FixedClock, world: World
) -> None:
    services = Services(app, entrance, clock, EntranceAuthenticator(entrance, clock))
    transport = httpx.ASGITransport(app=make_app(contract, services, demo=False))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as http:
        for path in ("/oidc", "/oidc/sichuan/start", "/oidc/sichuan/callback"):
            assert (await http.get(path)).status_code == 404
        api = Client(http)
        answer = (await api.data(REDEEM, input={"ticket": "x" * 43, "verifier": VERIFIER}))["answer"]
        assert codes(answer) == [FAILED]


ONE = {"name": "四川", "issuer": "https://idp.example", "client_id": "jiangti"}
GOOD: dict[str, Any] = {
    "public_url": HOME,
    "after": f"{HOME}/desk",
    "providers": {"sichuan": ONE},
}


@pytest.mark.parametrize(
    "change",
    [
        {"public_url": "http://jiangti.example"},
        {"after": "https://jiangti.example/#here"},
        {"providers": {}},
        {"providers": {"a": ONE, "b": ONE}},
        {"providers": {"sichuan": {**ONE, "issuer": "http://idp.example"}}},
        {"providers": {"sichuan": {**ONE, "issuer": "https://idp.example/?x=1"}}},
        {"providers": {"sichuan": {**ONE, "verify": False}}},
        {"more": 1},
    ],
)
def test_a_doubtful_file_is_refused_without_showing_it(tmp_path: Path, change: dict[str, Any]) -> None:
    file = tmp_path / "providers.json"
    file.write_text(json.dumps(GOOD), encoding="utf-8")
    assert read_configuration(file).redirect_uri("sichuan") == f"{HOME}/oidc/sichuan/callback"
    file.write_text(json.dumps(GOOD | change), encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        read_configuration(file)
    assert str(file) in str(refused.value)
