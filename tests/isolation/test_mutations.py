"""No mutation touches, or tells anything of, a row of another tenant: its id is answered like one that nobody ever gave out.

Generated from the schema: every id in every input, with a person of another union who holds every role, so that only the walls between tenants are left.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from cli.demo import country
from graphql_api.context import EntranceAuthenticator
from graphql_api.ids import encode_id
from graphql_api.schema import Contract, build
from kernel.database import Database
from kernel.ids import new_id
from kernel.sealing import Sealer
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import Entrance, open_entrance
from tenants.accounts.policy import DEMO_POLICY
from tests.graphql_api.client import Client, serving
from tests.isolation import paths
from tests.isolation.fixtures import Year
from tests.isolation.inputs import Mutation, Path, mutations, replaced

VIEWERS = ("jinjiang", "sichuan", "acftu", "power-union", "wuhou", "chengdu", "wuhou-hengda")
MUTATIONS = mutations(build(b"").executable)

WITHOUT_IDS = {
    "requestSubstitute": "asks the own union's superior",
    "leaveUnion": "ends the visit at hand",
    "addMember": "seats a login that is named, in the own union",
    "redeemTicket": "a ticket names its account and is worth nothing without its client's verifier",
    "createApiToken": "for the viewer's own place: tests/graphql_api/tenants/test_api_tokens.py",
    "createEdition": "names a programme by its code; whose it is decides the service",
    "createPerson": "makes a file of the own union",
    "setRetentionPeriod": "names a kind of record of the own union",
    "signIn": "names the union and the login; one answer to everything wrong",
    "signOut": "ends the session at hand",
    "tightenPolicy": "makes a row of the own union; it binds those below, and is tested there",
    "changeOwnPassword": "concerns the viewer's own account",
    "completeSignIn": "a challenge names its account; the codes of others are wrong ones",
    "beginSecondFactor": "concerns the viewer's own account",
    "confirmSecondFactor": "concerns the viewer's own account",
}
"""Mutations whose input holds no id of an object."""

OF_THE_DOOR = {
    "actAsSubstitute": "an assignment names its officer: tests/graphql_api/delegation/test_substitutes.py",
    "actAsDeputy": "a grant names its deputy: tests/graphql_api/delegation/test_deputies.py",
    "revokeSession": "sessions belong to an account: test_a_session_of_another_account_is_none",
    "switchTenant": "membership decides: test_nobody_switches_into_a_union_where_he_has_no_seat",
}
"""Mutations that the entrance serves, tested by hand below."""

GENERATED = [mutation for mutation in MUTATIONS if mutation.name not in {*WITHOUT_IDS, *OF_THE_DOOR}]
PLACES = [(mutation, path, kind) for mutation in GENERATED for path, kind in mutation.ids]

NOT_TOLD_APART: dict[tuple[str, Path], str] = {
    (
        "openCaseBelow",
        ("applicationId",),
    ): "takes a union below one's own: tests/graphql_api/delegation/test_visits.py",
    (
        "grantDeputy",
        ("deputyId",),
    ): "takes a place of one's own, which nobody here has: tests/graphql_api/delegation/test_deputies.py",
    ("setQuota", ("unitId",)): "only the national union's programme has quotas, and it knows of every union",
}
"""Ids whose own row is answered like a stranger's in everything the year holds, with the reason."""


SPECIAL_VIEWERS = {
    "concludeMeeting": "chengdu",
    "assignExperts": "chengdu",
    "draftNotice": "chengdu",
    "createApplication": "jinjiang-dianli",
    "grantExtraUnit": "changzhou",
}
"""Mutations that look at one of their ids only when the others stand so or so: whose rows were made to stand like that (`special`)."""

Special = dict[str, tuple[dict[str, str], dict[str, Any]]]


@pytest.fixture(scope="module")
async def special(app: Database, owner: Database, year: Year) -> Special:
    """For these mutations: ids by type, and values by field."""
    async with owner.plain() as session:
        cases = text(
            "UPDATE application SET state = 'formal_passed', version = 1 WHERE id = (SELECT min(id::text)::uuid FROM application"
            " WHERE tenant_id = :chengdu AND state = 'certified') RETURNING id, edition_id"
        )
        case = (await session.execute(cases, {"chengdu": year.tenants["chengdu"].id})).one()
        meeting = text(
            "INSERT INTO meeting SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'state', 'open', 'version', 1,"
            ' \'quorum\', 1, \'edition_id\', CAST(:edition AS text), \'members\', \'[{"name": "王评审", "unit": "某校", "outside": true}]\'::jsonb))).*'
            " FROM meeting m WHERE m.tenant_id = :chengdu LIMIT 1 RETURNING id"
        )
        given = {"edition": str(case.edition_id), "chengdu": year.tenants["chengdu"].id}
        opened = (await session.execute(meeting, given)).scalar_one()
        national = (await session.execute(text("SELECT id FROM edition WHERE year = 2025"))).scalar_one()
    shown, edition = encode_id("Application", case.id), encode_id("Edition", case.edition_id)
    return {
        "concludeMeeting": ({"Meeting": encode_id("Meeting", opened), "Application": shown}, {"version": 1}),
        "assignExperts": ({"Application": shown}, {}),
        "draftNotice": ({"Edition": edition, "Application": shown}, {"startsOn": "2025-09-02"}),
        "createApplication": ({"Edition": encode_id("Edition", national)}, {}),
        "grantExtraUnit": ({"Edition": year.drafts["changzhou"][0]}, {"version": 1}),
    }


@pytest.fixture(autouse=True)
async def unchanged(owner: Database, year: Year) -> None:
    """An own row that was found may have been changed by the test before."""
    async with owner.plain() as session:
        found = {"tenant": year.tenants["changzhou"].id}
        await session.execute(text("UPDATE edition SET version = 1 WHERE tenant_id = :tenant"), found)


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year, entrance: Entrance) -> AsyncIterator[Client]:
    async with serving(contract, app, year.clock, year.tokens, entrance) as client:  # type: ignore[arg-type]
        yield client


@pytest.fixture(scope="module")
async def entrance(year_urls: DatabaseUrls) -> AsyncIterator[Entrance]:
    opened = open_entrance(year_urls.login, cheap=True, policy=DEMO_POLICY, sealer=Sealer(bytes(range(32))))
    yield opened
    await opened.close()


def test_every_mutation_has_its_place() -> None:
    assert {mutation.name for mutation in MUTATIONS if not mutation.ids} == set(WITHOUT_IDS)
    assert set(OF_THE_DOOR) <= {mutation.name for mutation in MUTATIONS}
    assert {kind for _, _, kind in PLACES} <= set(build(b"").registry.sources)


async def state(owner: Database) -> str:
    """A digest of every row of every table."""
    async with owner.plain() as session:
        names = await session.execute(
            text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
            )
        )
        parts = " UNION ALL ".join(
            f"(SELECT '{name}' AS place, md5(string_agg(md5(r::text), '' ORDER BY md5(r::text))) AS digest FROM {name} r)"
            for name in names.scalars()
        )
        whole = await session.execute(
            text(f"SELECT string_agg(place || coalesce(digest, '-'), ' ') FROM ({parts}) parts")
        )
        return whole.scalar_one()


def foreign(year: Year, kind: str, viewer: str) -> Iterator[str]:
    """One row of each other union that has such rows; of what is published, what is not yet; of unions those that the viewer does not know."""
    if kind == "Tenant":
        yield from (
            encode_id(kind, facts.id) for code, facts in year.tenants.items() if not paths.may_know(viewer, code)
        )
        return
    own = set(year.ids(kind, viewer))
    for code in year.homes[kind]:
        ids = year.ids(kind, code) if kind != "Edition" else year.drafts.get(code, [])
        if code != viewer:
            yield from [shown for shown in ids if shown not in own][:1]


def own(year: Year, kind: str, viewer: str) -> list[str]:
    """Some rows of the viewer's own union, from the first to the last."""
    if kind == "Tenant":
        return [encode_id(kind, year.tenants[viewer].id)]
    ids = year.ids(kind, viewer)
    return ids[:: max(1, len(ids) // 5)]


async def answer(api: Client, who: str, mutation: Mutation, given: dict[str, Any]) -> str:
    """What the payload says, whatever the key."""
    return repr(await api.data(mutation.query, who=who, input=given))


def given_by(year: Year, special: Special, mutation: Mutation, viewer: str, place: int = 0) -> dict[str, Any]:
    """An input with the viewer's own rows, as far as his union has them."""
    chosen, values = special.get(mutation.name, ({}, {})) if SPECIAL_VIEWERS.get(mutation.name) == viewer else ({}, {})

    def pick(_path: Path, kind: str) -> str:
        ids = [chosen[kind]] if kind in chosen else own(year, kind, viewer)
        return ids[place % len(ids)] if ids else encode_id(kind, new_id())

    return {**mutation.build(pick), **values}


def viewers_of(mutation: Mutation) -> list[str]:
    """The strangers who try; first the one whose own rows go as far as the id at hand."""
    first = SPECIAL_VIEWERS.get(mutation.name)
    return [first, *VIEWERS] if first else list(VIEWERS)


@pytest.mark.parametrize(
    ("mutation", "path", "kind"),
    [pytest.param(*place, id=f"{place[0].name}-{'.'.join(map(str, place[1]))}") for place in PLACES],
)
async def test_a_foreign_row_is_answered_like_none_and_stays_as_it_is(
    api: Client, owner: Database, year: Year, special: Special, mutation: Mutation, path: Path, kind: str
) -> None:
    before, asked = await state(owner), 0
    for viewer in viewers_of(mutation):
        others = list(foreign(year, kind, viewer))[:2]
        if not others:
            continue
        given, who = given_by(year, special, mutation, viewer), year.everything(viewer)
        unknown = await answer(api, who, mutation, replaced(given, path, encode_id(kind, new_id())))
        assert "'code'" in unknown, unknown
        for shown in others:
            assert await answer(api, who, mutation, replaced(given, path, shown)) == unknown, viewer
            asked += 1
    assert asked >= 2
    assert await state(owner) == before
    apart = await is_told_apart(api, year, special, mutation, path, kind)
    assert apart == ((mutation.name, path) not in NOT_TOLD_APART)


async def is_told_apart(api: Client, year: Year, special: Special, mutation: Mutation, path: Path, kind: str) -> bool:
    """Whether somewhere an own row in this place is answered otherwise than none: else the test above would prove nothing."""
    for viewer in dict.fromkeys(
        (*viewers_of(mutation)[: mutation.name in SPECIAL_VIEWERS], *year.homes.get(kind, {}), "chengdu")
    ):
        who = year.everything(viewer)
        for place in range(6):
            given = given_by(year, special, mutation, viewer, place)
            unknown = await answer(api, who, mutation, replaced(given, path, encode_id(kind, new_id())))
            key = {"idempotencyKey": f"apart-{new_id()}"} if "idempotencyKey" in given else {}
            if await answer(api, who, mutation, {**given, **key}) != unknown:
                return True
    return False


@pytest.fixture
async def door(contract: Contract, app: Database, year: Year, entrance: Entrance) -> AsyncIterator[Client]:
    """The application with its real door: people of the demo sign in with their password."""
    authenticator = EntranceAuthenticator(entrance, year.clock)
    async with serving(contract, app, year.clock, authenticator, entrance) as client:  # type: ignore[arg-type]
        yield client


SIGN_IN = (
    "mutation ($input: SignInInput!) { signIn(input: $input) { token errors { code } viewer { session { id } } } }"
)


async def sign_in(door: Client, tenant: str, login: str) -> tuple[str, str]:
    """A token, and the id of its session."""
    given = {"tenant": tenant, "login": login, "password": country.password()}
    told = (await door.data(SIGN_IN, input=given))["signIn"]
    assert told["errors"] == []
    return told["token"], told["viewer"]["session"]["id"]


async def test_nobody_switches_into_a_union_where_he_has_no_seat(door: Client, year: Year) -> None:
    (switch,) = [mutation for mutation in MUTATIONS if mutation.name == "switchTenant"]
    token, _ = await sign_in(door, "jinjiang", "clerk.both")
    unknown = await answer(door, token, switch, {"tenantId": encode_id("Tenant", new_id())})
    for code in ("chengdu", "qingyang", "acftu", "power-union", "sichuan"):
        assert await answer(door, token, switch, {"tenantId": encode_id("Tenant", year.tenants[code].id)}) == unknown
    seated = {"tenantId": encode_id("Tenant", year.tenants["wuhou"].id)}
    assert await door.data(switch.query, who=token, input=seated) == {"switchTenant": {"errors": []}}


async def test_a_session_of_another_account_is_none(door: Client, year: Year) -> None:
    (revoke,) = [mutation for mutation in MUTATIONS if mutation.name == "revokeSession"]
    token, _ = await sign_in(door, "jinjiang", "jinjiang.secadmin")
    unknown = await answer(door, token, revoke, {"sessionId": encode_id("Session", new_id())})
    for tenant, login in (("wuhou", "wuhou.clerk"), ("jinjiang", "jinjiang.clerk")):
        other, session = await sign_in(door, tenant, login)
        assert await answer(door, token, revoke, {"sessionId": session}) == unknown
        assert (await door.data("{ viewer { login } }", who=other))["viewer"] == {"login": login}
    again, own_session = await sign_in(door, "jinjiang", "jinjiang.secadmin")
    assert await door.data(revoke.query, who=token, input={"sessionId": own_session}) == {
        "revokeSession": {"errors": []}
    }
    assert (await door.ask("{ viewer { login } }", who=again)).status == 401
