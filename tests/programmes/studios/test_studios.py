from dataclasses import replace
from datetime import date

import pytest

from authz.roles import Role
from kernel.errors import Failure
from programmes.funding.model import FundingRecord
from programmes.studios import queries
from programmes.studios import service as studios
from programmes.studios.model import Studio
from programmes.studios.rules import StudioKind
from programmes.studios.service import StudioFacts
from tests.programmes.awards import Awards


async def facts(awards: Awards, union: str, name: str = "李师傅创新工作室") -> StudioFacts:
    return StudioFacts(
        kind=StudioKind.MODEL_WORKER_AND_CRAFTSMAN,
        name=name,
        leader_id=await awards.add_person(union, "李师傅"),
        employer="成都精密制造有限公司",
        field="数控加工",
        named_on=date(2024, 7, 1),
        document_no="成工发〔2024〕5号",
    )


async def create(awards: Awards, union: str, given: StudioFacts) -> Studio:
    async with awards.acting(union, Role.CLERK) as scope:
        return await studios.create_studio(scope, given)


async def test_a_studio_has_the_level_of_the_union_that_named_it(awards: Awards) -> None:
    given = await facts(awards, "chengdu")
    studio = await create(awards, "chengdu", given)
    assert (studio.level, studio.leader_id, studio.state) == ("city", given.leader_id, "named")
    async with awards.reading("chengdu") as scope:
        led = await queries.list_studios_of_leader(scope.session, given.leader_id)
        assert [each.id for each in led] == [studio.id]


async def test_a_name_is_given_once_in_a_union(awards: Awards) -> None:
    given = await facts(awards, "chengdu")
    await create(awards, "chengdu", given)
    with pytest.raises(Failure) as refusal:
        await create(awards, "chengdu", given)
    assert (refusal.value.code, refusal.value.path) == ("STUDIO_EXISTS", ("input", "name"))
    await create(awards, "wuhou", await facts(awards, "wuhou"))


async def test_the_leader_is_a_person_of_the_union(awards: Awards) -> None:
    given = await facts(awards, "chengdu")
    with pytest.raises(Failure) as refusal:
        await create(awards, "wuhou", given)
    assert refusal.value.code == "NOT_FOUND"


async def test_a_day_in_the_future_is_refused(awards: Awards) -> None:
    given = replace(await facts(awards, "chengdu"), named_on=date(2024, 7, 11))
    with pytest.raises(Failure) as refusal:
        await create(awards, "chengdu", given)
    assert refusal.value.code == "STUDIO_NAMED_LATER"


async def test_a_naming_is_withdrawn_once_by_a_leader(awards: Awards) -> None:
    studio = await create(awards, "chengdu", await facts(awards, "chengdu"))
    with pytest.raises(Failure) as refusal:
        async with awards.acting("chengdu", Role.CLERK) as scope:
            await studios.withdraw_studio(scope, studio.id, reason="领衔人调离", version=studio.version)
    assert refusal.value.code == "NOT_PERMITTED"
    async with awards.acting("chengdu", Role.APPROVER) as scope:
        gone = await studios.withdraw_studio(scope, studio.id, reason="领衔人调离", version=studio.version)
    assert (gone.state, gone.withdrawn_on, gone.withdraw_reason) == ("withdrawn", date(2024, 7, 10), "领衔人调离")
    with pytest.raises(Failure) as refusal:
        async with awards.acting("chengdu", Role.APPROVER) as scope:
            await studios.withdraw_studio(scope, studio.id, reason="再次", version=gone.version)
    assert refusal.value.code == "STUDIO_WITHDRAWN"


async def test_scenario_32_a_national_studio_has_100_000_once(awards: Awards) -> None:
    studio = await create(awards, "acftu", await facts(awards, "acftu"))
    await awards.settle()
    await awards.deliver_again("acftu", "studio_named")
    record = await awards.one("acftu", FundingRecord)
    assert (record.rule_code, record.amount_fen, record.studio_id, record.state) == (
        "N-STUDIO",
        10_000_000,
        studio.id,
        "planned",
    )
