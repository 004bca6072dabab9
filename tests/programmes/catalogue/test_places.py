import asyncio
from datetime import date
from uuid import UUID

import pytest

from authz.scope import Scope
from kernel.errors import Citation, Failure
from kernel.ids import new_id
from programmes.catalogue import errors
from programmes.catalogue.model import Edition
from programmes.catalogue.queries import find_grant, list_quotas
from programmes.catalogue.service import (
    Approval,
    grant_extra_unit,
    receive_recommending_grant,
    release_place,
    set_quota,
    use_place,
)
from tests.programmes.catalogue.world import (
    FACTORS,
    FILLED_LONGCHENG,
    FILLED_NATIONAL,
    World,
    draft,
    issued,
)

APPROVAL = Approval("总工办函〔2026〕8号", "中华全国总工会书记处", date(2026, 3, 1))


async def receive(world: World, code: str, edition: Edition, places: int | None, kind: str = "quota") -> None:
    """What the courier does with the organiser's letter."""
    async with world.working(code) as scope:
        body = {"edition_id": str(edition.id), "kind": kind, "places": places, "document_no": "3号"}
        await receive_recommending_grant(scope, new_id(), edition.tenant_id, body)


async def used(world: World, code: str, edition_id: UUID) -> tuple[int, int | None] | None:
    async with world.app.read(world.id_of(code)) as session:
        grant = await find_grant(session, edition_id)
        return None if grant is None else (grant.used, grant.places)


async def test_places_and_their_factors_are_kept(world: World) -> None:
    edition = await draft(world, "national_craftsman")
    async with world.acting("acftu") as scope:
        unit = world.id_of("sichuan")
        await set_quota(scope, edition.id, version=1, unit_id=unit, places=12, factors=FACTORS)
        await set_quota(scope, edition.id, version=2, unit_id=unit, places=13, factors=FACTORS)
        quotas = await list_quotas(scope.session, edition.id)
        assert [(quota.unit_id, quota.places, quota.factors, quota.version) for quota in quotas] == [
            (unit, 13, FACTORS, 2)
        ]


@pytest.mark.parametrize(
    ("code", "places", "missing_factor", "reason"),
    [
        ("chengdu", 3, None, errors.QUOTA_UNIT_NOT_ALLOWED),
        ("grid", 3, None, errors.QUOTA_UNIT_NOT_ALLOWED),
        ("sichuan", 0, None, errors.QUOTA_BAD_PLACES),
        ("sichuan", 10_000, None, errors.QUOTA_BAD_PLACES),
        ("sichuan", 3, "workers", errors.QUOTA_FACTORS_MISSING),
    ],
)
async def test_places_that_cannot_be_given_are_refused(
    world: World, code: str, places: int, missing_factor: str | None, reason: object
) -> None:
    edition = await draft(world, "national_craftsman")
    factors = {key: value for key, value in FACTORS.items() if key != missing_factor}
    async with world.acting("acftu") as scope:
        with pytest.raises(Failure) as failure:
            await set_quota(scope, edition.id, version=1, unit_id=world.id_of(code), places=places, factors=factors)
    assert failure.value.reason is reason


async def test_a_programme_without_quota_gives_no_places(world: World) -> None:
    edition = await draft(world, "longcheng_craftsman")
    async with world.acting("changzhou") as scope:
        with pytest.raises(Failure) as failure:
            await set_quota(scope, edition.id, version=1, unit_id=world.id_of("tianning"), places=3, factors=FACTORS)
    assert failure.value.reason is errors.QUOTA_NOT_USED_HERE
    assert failure.value.rule == Citation("常工发〔2024〕60号", "第七条")


async def test_twenty_at_once_use_exactly_the_five_places(world: World) -> None:
    edition = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 5})
    await receive(world, "sichuan", edition, 5)
    ready = asyncio.Barrier(20)

    async def recommend() -> str:
        try:
            async with world.acting("sichuan") as scope:
                await ready.wait()
                await use_place(scope, edition.id)
                await asyncio.sleep(0.01)
        except Failure as failure:
            return failure.code
        return "used"

    answers = await asyncio.gather(*(recommend() for _ in range(20)))
    assert (answers.count("used"), answers.count("QUOTA_FULL")) == (5, 15)
    assert await used(world, "sichuan", edition.id) == (5, 5)


async def test_the_sixth_of_five_is_told_the_numbers_and_the_article(world: World) -> None:
    edition = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 5})
    await receive(world, "sichuan", edition, 5)
    async with world.acting("sichuan") as scope:
        for _ in range(5):
            await use_place(scope, edition.id)
        with pytest.raises(Failure) as failure:
            await use_place(scope, edition.id)
    assert failure.value.params == {"used": 5, "places": 5}
    assert failure.value.rule == Citation("总工发〔2024〕1号", "第五条")


async def test_a_recommendation_that_is_undone_uses_no_place(world: World) -> None:
    edition = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 1})
    await receive(world, "sichuan", edition, 1)

    async def fail() -> None:
        async with world.acting("sichuan") as scope:
            await use_place(scope, edition.id)
            raise errors.UNIT_NOT_FOUND(path=())

    with pytest.raises(Failure):
        await fail()
    assert await used(world, "sichuan", edition.id) == (0, 1)


async def test_a_released_place_may_be_used_again_and_never_below_zero(world: World) -> None:
    edition = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 1})
    await receive(world, "sichuan", edition, 1)
    async with world.acting("sichuan") as scope:
        await use_place(scope, edition.id)
        await release_place(scope, edition.id)
        await release_place(scope, edition.id)
        await use_place(scope, edition.id)
    assert await used(world, "sichuan", edition.id) == (1, 1)


async def test_without_a_grant_a_quota_programme_refuses_and_one_without_quota_allows(world: World) -> None:
    national = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 5})
    city = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    async with world.acting("jiangsu") as scope:
        with pytest.raises(Failure) as failure:
            await use_place(scope, national.id)
    assert failure.value.reason is errors.QUOTA_NONE_GIVEN
    async with world.acting("tianning") as scope:
        await use_place(scope, city.id)
    assert await used(world, "tianning", city.id) is None


async def test_a_letter_delivered_twice_changes_nothing_and_a_new_one_never_takes_used_places(world: World) -> None:
    edition = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 5})
    await receive(world, "sichuan", edition, 5)
    async with world.acting("sichuan") as scope:
        for _ in range(3):
            await use_place(scope, edition.id)
    await receive(world, "sichuan", edition, 5)
    assert await used(world, "sichuan", edition.id) == (3, 5)
    await receive(world, "sichuan", edition, 2)
    assert await used(world, "sichuan", edition.id) == (3, 3)
    await receive(world, "sichuan", edition, 8)
    assert await used(world, "sichuan", edition.id) == (3, 8)


async def test_a_letter_of_another_than_the_organiser_is_refused(world: World) -> None:
    edition = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 5})
    body = {"edition_id": str(edition.id), "kind": "quota", "places": 99, "document_no": None}
    async with world.working("sichuan") as scope:
        with pytest.raises(Failure):
            await receive_recommending_grant(scope, new_id(), world.id_of("jiangsu"), body)
    assert await used(world, "sichuan", edition.id) is None


async def test_an_extra_unit_gets_its_grant_by_a_recorded_approval(world: World) -> None:
    edition = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 5})
    async with world.acting("acftu") as scope:
        extra = await grant_extra_unit(
            scope, edition.id, version=edition.version, unit_id=world.id_of("grid"), approval=APPROVAL, places=2
        )
    assert (extra.document_no, extra.approved_by, extra.places) == ("总工办函〔2026〕8号", "中华全国总工会书记处", 2)
    await receive(world, "grid", edition, 2, "extra")
    async with world.app.read(world.id_of("grid")) as session:
        grant = await find_grant(session, edition.id)
    assert grant is not None
    assert (grant.kind, grant.places) == ("extra", 2)


async def test_a_programme_that_foresees_no_extra_unit_refuses_one(world: World) -> None:
    world.clock.at = world.clock.at.replace(year=2025)
    edition = await draft(world, "chengdu_craftsman", 2025)
    async with world.acting("chengdu") as scope:
        with pytest.raises(Failure) as failure:
            await grant_extra_unit(scope, edition.id, version=1, unit_id=world.id_of("wuhou-plant"), approval=APPROVAL)
    assert failure.value.reason is errors.EXTRA_UNIT_NOT_FORESEEN


async def test_a_stranger_is_no_unit(world: World) -> None:
    edition = await draft(world, "longcheng_craftsman")
    async with world.acting("changzhou") as scope:
        assert isinstance(scope, Scope)
        with pytest.raises(Failure) as failure:
            await grant_extra_unit(scope, edition.id, version=1, unit_id=world.id_of("chengdu"), approval=APPROVAL)
    assert failure.value.reason is errors.UNIT_NOT_FOUND
