"""Nobody hears of a row of another union; and each kind of thing that is told is heard by somebody of its own union.

Generated from the schema: each field of Subscription, each kind it tells of, each of these viewers. The viewers hold every role that a person can hold, so
that only the walls between unions can keep things from them. A notification that claims to be the viewer's own union's, as whoever has the application's
password to the database could send one, tells no more.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from graphql_api.ids import encode_id
from graphql_api.schema import Contract, build
from graphql_api.shapes import named_type
from graphql_api.work.words import SHOWN_AS, WorkKind
from kernel.database import Database
from kernel.ids import new_id
from tests.isolation.fixtures import Year
from tests.live.sockets import CHANGED, RESYNC, Place, serving, tell

SCHEMA = build(b"").executable

SUBSCRIPTIONS = {"workChanged": CHANGED}
"""Every field of Subscription, with an operation that shows all it can tell."""

WITHOUT_OBJECT = {"RESYNC": "speaks of no object; tests/live"}
"""Kinds that are about nothing."""

KINDS = [kind for kind in WorkKind if kind.name not in WITHOUT_OBJECT]

FAMILY = {
    "the union itself": "wuhou",
    "a sibling": "jinjiang",
    "a child": "wuhou-hengda",
    "the parent": "chengdu",
    "the grandparent": "sichuan",
    "the highest": "acftu",
    "an industry union": "power-union",
    "a union on both lines": "jinjiang-dianli",
    "a stranger": "changzhou",
}
"""As seen from 武侯."""


def test_every_subscription_has_its_place() -> None:
    root = SCHEMA.subscription_type
    assert root is not None
    assert set(root.fields) == set(SUBSCRIPTIONS)


def test_every_kind_has_its_place_and_every_relation_to_objects_is_one_that_is_tested() -> None:
    assert {kind.name for kind in WorkKind} == {*(kind.name for kind in SHOWN_AS), *WITHOUT_OBJECT}
    root = SCHEMA.subscription_type
    assert root is not None
    shown = named_type(root.fields["workChanged"].type)
    objects = {name for name, field in shown.fields.items() if getattr(named_type(field.type), "fields", None)}
    assert objects == {"object"}
    assert set(SCHEMA.type_map["WorkKind"].values) == {kind.name for kind in WorkKind}  # type: ignore[union-attr]


@pytest.fixture(scope="module")
async def place(contract: Contract, app: Database, year: Year) -> AsyncIterator[Place]:
    async with serving(contract, app, year.clock, year.tokens) as running:
        yield running


def homes(year: Year, kind: WorkKind) -> dict[str, UUID]:
    """For each union that has such an object, one of them."""
    return {code: keys[0] for code, keys in year.homes[SHOWN_AS[kind]].items() if keys}


def test_each_kind_is_at_home_somewhere(year: Year) -> None:
    assert [kind for kind in KINDS if not homes(year, kind)] == []


def relatives(year: Year, code: str) -> dict[str, str]:
    """The unions around one, by what they are to it."""
    own = year.tenants[code]
    by_id = {facts.id: other for other, facts in year.tenants.items()}
    parent = by_id.get(own.parent_id) if own.parent_id else None
    above = year.tenants[parent].parent_id if parent else None
    found = {
        "parent": parent,
        "grandparent": by_id.get(above) if above else None,
        "industry parent": by_id.get(own.industry_parent_id) if own.industry_parent_id else "power-union",
        "sibling": next((o for o, f in year.tenants.items() if f.parent_id == own.parent_id and o != code), None),
        "child": next((o for o, f in year.tenants.items() if f.parent_id == own.id), None),
        "stranger": "changzhou",
    }
    return {name: other for name, other in found.items() if other is not None and other != code}


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_only_its_own_union_hears_of_a_change(
    place: Place, app: Database, year: Year, name: str, kind: WorkKind
) -> None:
    met: set[str] = set()
    for code, key in list(homes(year, kind).items())[:3]:
        shown = encode_id(SHOWN_AS[kind], key)
        others = relatives(year, code)
        met |= set(others)
        async with AsyncExitStack() as stack:
            own = await stack.enter_async_context(place.subscribed(year.everything(code), SUBSCRIPTIONS[name]))
            listening = {
                who: await stack.enter_async_context(place.subscribed(year.everything(other), SUBSCRIPTIONS[name]))
                for who, other in others.items()
            }
            await tell(app, year.clock, year.tenants[code].id, (kind.value, key))
            told = await own.changed()
            assert (told["kind"], told["objectId"], told["object"]["id"]) == (kind.name, shown, shown)
            assert [who for who, socket in listening.items() if not await socket.is_silent(0.1)] == []
    assert met >= {"parent", "sibling", "stranger"} or kind is WorkKind.PROGRESS_REPORT, met


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_a_notification_that_lies_about_the_union_shows_nothing(
    place: Place, app: Database, year: Year, name: str, kind: WorkKind
) -> None:
    """Another union's object is told like one that does not exist: not at all."""
    for viewer in FAMILY.values():
        tenant_id = year.tenants[viewer].id
        mine = set(year.homes[SHOWN_AS[kind]].get(viewer, []))
        foreign = [key for code, key in homes(year, kind).items() if code != viewer and key not in mine]
        async with place.subscribed(year.everything(viewer), SUBSCRIPTIONS[name]) as socket:
            await tell(app, year.clock, tenant_id, *[(kind.value, key) for key in [*foreign, new_id()]])
            assert await socket.is_silent()


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
async def test_nobody_signed_in_hears_nothing(place: Place, name: str) -> None:
    async with place.wire() as socket:
        await socket.subscribe(SUBSCRIPTIONS[name])
        assert await socket.ending() == (4401, "NOT_ACKNOWLEDGED")
    async with place.wire() as socket:
        await socket.say({"type": "connection_init"})
        assert await socket.ending() == (4403, "NOT_SIGNED_IN")


NONSENSE: tuple[str, ...] = (
    "",
    "{}",
    "[]",
    "null",
    "7",
    '{"tenant": 1, "changes": []}',
    '{"tenant": "TENANT", "changes": [["application"]]}',
    '{"tenant": "TENANT", "changes": [["bread", "01900000-0000-7000-8000-000000000000", "x", "2025-01-01T00:00:00+00:00"]]}',
    '{"tenant": "TENANT", "changes": [["application", "no", "x", "2025-01-01T00:00:00+00:00"]]}',
    '{"tenant": "TENANT", "changes": [["application", "01900000-0000-7000-8000-000000000000", "", ""]]}',
    '{"tenant": "TENANT", "changes": {"a": 1}}',
)


async def test_a_notification_that_means_nothing_does_nothing(place: Place, app: Database, year: Year) -> None:
    tenant_id = year.tenants["chengdu"].id
    async with place.subscribed(year.everything("chengdu")) as socket:
        async with app.plain() as session:
            for payload in NONSENSE:
                given: dict[str, Any] = {"payload": payload.replace("TENANT", str(tenant_id))}
                await session.execute(text("SELECT pg_notify('jiangti_live', :payload)"), given)
        assert await socket.is_silent()
        key = year.homes["Notice"]["chengdu"][0]
        await tell(app, year.clock, tenant_id, ("notice", key))
        assert (await socket.changed())["objectId"] == encode_id("Notice", key)
        async with app.plain() as session:
            given = {"payload": f'{{"tenant": "{tenant_id}", "changes": []}}'}
            await session.execute(text("SELECT pg_notify('jiangti_live', :payload)"), given)
        assert await socket.changed() == RESYNC
