from uuid import UUID

import pytest

from kernel.ids import new_id
from programmes.catalogue.rules.route import (
    Road,
    RouteRefusal,
    may_be_granted_places,
    may_skip_recommender,
    next_desk_holder,
    refuse_recommending,
)
from programmes.catalogue.rules.rulebook import Rulebook
from tenants import tree
from tenants.facts import TenantFacts
from tenants.levels import standard_levels
from tests.programmes.catalogue.world import LADDER
from tests.programmes.rulebooks import shipped

LEVELS = {level.code: level for level in standard_levels()}


def _unions() -> dict[str, TenantFacts]:
    made: dict[str, TenantFacts] = {}
    for code, name, level, parent, industry in LADDER:
        tenant_id = new_id()
        own = tree.segment(tenant_id)
        path = tree.root_path(own) if parent is None else tree.child_path(made[parent].path, own)
        industry_path = None
        if LEVELS[level].line == "industry":
            industry_path = tree.root_path(own)
        elif industry is not None:
            industry_path = tree.child_path(made[industry].industry_path or "", own)
        made[code] = TenantFacts(
            id=tenant_id,
            code=code,
            name=name,
            level=level,
            level_rank=LEVELS[level].rank,
            line=LEVELS[level].line.value,
            path=path,
            industry_path=industry_path,
            parent_id=None if parent is None else made[parent].id,
            industry_parent_id=None if industry is None else made[industry].id,
        )
    return made


UNIONS = _unions()
NATIONAL = shipped("national_craftsman")
LONGCHENG = shipped("longcheng_craftsman")
CHENGDU = shipped("chengdu_craftsman_2024")


def above(code: str) -> list[TenantFacts]:
    """All ancestors on both lines, the highest first, as `tenants.queries.list_ancestors` answers."""
    unit = UNIONS[code]
    return sorted(
        (
            other
            for other in UNIONS.values()
            if tree.is_ancestor(other.path, unit.path)
            or (
                other.industry_path and unit.industry_path and tree.is_ancestor(other.industry_path, unit.industry_path)
            )
        ),
        key=lambda tenant: (tenant.level_rank, tenant.path),
    )


def road(rulebook: Rulebook, unit: str, organiser: str, **options: object) -> Road | RouteRefusal:
    return next_desk_holder(rulebook, UNIONS[unit], above(unit), UNIONS[organiser], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rulebook", "unit", "organiser", "line", "recommender", "by"),
    [
        (NATIONAL, "wuhou-plant", "acftu", None, "sichuan", "territorial"),
        (NATIONAL, "wuhou", "acftu", None, "sichuan", "territorial"),
        (NATIONAL, "chengdu", "acftu", None, "sichuan", "territorial"),
        (NATIONAL, "sichuan", "acftu", None, "sichuan", "territorial"),
        (NATIONAL, "grid", "acftu", None, "jiangsu", "territorial"),
        (NATIONAL, "grid", "acftu", "industry", "power", "industry"),
        (NATIONAL, "power", "acftu", None, "power", "industry"),
        (CHENGDU, "wuhou-plant", "chengdu", None, "wuhou", "territorial"),
        (LONGCHENG, "grid", "changzhou", None, "changzhou", "industry"),
    ],
)
def test_the_road_of_a_case(
    rulebook: Rulebook, unit: str, organiser: str, line: str | None, recommender: str, by: str
) -> None:
    found = road(rulebook, unit, organiser, line=line)
    assert isinstance(found, Road)
    assert (found.recommending_unit.code, found.organiser.code, found.line) == (recommender, organiser, by)


def test_a_district_of_changzhou_recommends_its_own() -> None:
    found = road(LONGCHENG, "tianning", "changzhou")
    assert isinstance(found, Road)
    assert found.is_own_recommender(UNIONS["tianning"])
    assert not found.ends_at_recommender


@pytest.mark.parametrize(
    ("rulebook", "unit", "organiser", "problem", "article"),
    [
        (CHENGDU, "grid", "chengdu", "outside", "2024年区县申报通知"),
        (LONGCHENG, "jiangsu", "changzhou", "outside", "第七条"),
        (LONGCHENG, "changzhou", "changzhou", None, ""),
    ],
)
def test_no_road(rulebook: Rulebook, unit: str, organiser: str, problem: str | None, article: str) -> None:
    found = road(rulebook, unit, organiser)
    if problem is None:
        assert isinstance(found, Road)  # its own industry department recommends
        assert found.ends_at_recommender
    else:
        assert isinstance(found, RouteRefusal)
        assert (found.problem, found.cite.article) == (problem, article)


def test_a_city_cannot_send_to_the_national_federation_itself() -> None:
    refusal = refuse_recommending(NATIONAL, UNIONS["chengdu"], UNIONS["acftu"], has_extra_grant=False)
    assert refusal is not None
    assert (refusal.problem, refusal.unit, refusal.organiser) == ("not_allowed", "成都市总工会", "中华全国总工会")
    assert refusal.allowed == "各省（区、市）总工会、各全国产业工会"
    assert (refusal.cite.document, refusal.cite.article) == ("总工发〔2024〕1号", "第六条")


@pytest.mark.parametrize(
    ("unit", "extra", "allowed"),
    [
        ("sichuan", False, True),
        ("power", False, True),
        ("chengdu", False, False),
        ("wuhou", False, False),
        ("wuhou-plant", False, False),
        ("grid", False, False),
        ("grid", True, True),
    ],
)
def test_who_may_recommend_nationally(unit: str, extra: bool, allowed: bool) -> None:  # noqa: FBT001 - a table
    refusal = refuse_recommending(NATIONAL, UNIONS[unit], UNIONS["acftu"], has_extra_grant=extra)
    assert (refusal is None) is allowed


def test_an_approval_helps_only_where_the_document_foresees_it() -> None:
    assert refuse_recommending(CHENGDU, UNIONS["wuhou-plant"], UNIONS["chengdu"], has_extra_grant=True) is not None


def test_an_extra_unit_recommends_by_its_approval() -> None:
    extra: set[UUID] = {UNIONS["grid"].id}
    found = road(NATIONAL, "grid", "acftu", extra_units=extra)
    assert isinstance(found, Road)
    assert (found.recommending_unit.code, found.cite.wording) == ("grid", "经研究批准")


def test_a_programme_that_does_not_say_who_recommends_has_no_road_until_it_is_filled() -> None:
    silent = road(shipped("zhuge_craftsman"), "wuhou-plant", "wuhou")
    assert isinstance(silent, RouteRefusal)
    assert (silent.problem, silent.allowed) == ("no_recommender", "原文未规定")
    cite = shipped("zhuge_craftsman").route.cite.model_dump()
    units = [{"level": "enterprise", "line": "territorial", "cite": cite}]
    filled = road(shipped("zhuge_craftsman", {"route.recommending": units}), "wuhou-plant", "wuhou")
    assert isinstance(filled, Road)
    assert filled.is_own_recommender(UNIONS["wuhou-plant"])


def test_places_go_to_recommending_units_only() -> None:
    assert may_be_granted_places(NATIONAL, UNIONS["sichuan"], UNIONS["acftu"])
    assert not may_be_granted_places(NATIONAL, UNIONS["chengdu"], UNIONS["acftu"])


def test_every_shipped_programme_has_a_recommendation() -> None:
    assert not may_skip_recommender(NATIONAL)
    without = NATIONAL.model_copy(
        update={"stages": tuple(stage for stage in NATIONAL.stages if stage.code != "recommend")}
    )
    assert may_skip_recommender(without)
