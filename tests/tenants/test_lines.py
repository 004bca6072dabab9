from dataclasses import replace

from kernel.ids import new_id
from tenants import tree
from tenants.facts import TenantFacts
from tenants.levels import standard_levels
from tenants.lines import Line, Standing, is_above, is_visible, may_stand_under, standing


def union(code: str, level: str, rank: int, parent: TenantFacts | None = None) -> TenantFacts:
    return TenantFacts(
        id=new_id(),
        code=code,
        name=code,
        level=level,
        level_rank=rank,
        line=Line.TERRITORIAL.value,
        path=tree.root_path(code) if parent is None else tree.child_path(parent.path, code),
        industry_path=None,
        parent_id=None if parent is None else parent.id,
        industry_parent_id=None,
    )


NATION = union("1", "national", 10)
POWER = replace(union("9", "national_industry", 20, NATION), line=Line.INDUSTRY.value, industry_path="9.")
PROVINCE = union("51", "province", 20, NATION)
NEIGHBOUR = union("510", "province", 20, NATION)
CITY = union("5101", "city", 30, PROVINCE)
PLANT = replace(union("7", "enterprise", 60, CITY), industry_path="9.7.", industry_parent_id=POWER.id)


def test_what_one_union_is_to_another() -> None:
    assert standing(CITY, CITY) == {Standing.SELF}
    assert standing(PROVINCE, CITY) == {Standing.PARENT, Standing.ANCESTOR}
    assert standing(NATION, CITY) == {Standing.ANCESTOR}
    assert standing(PLANT, CITY) == {Standing.CHILD, Standing.DESCENDANT}
    assert standing(POWER, PLANT) == {Standing.INDUSTRY_PARENT, Standing.INDUSTRY_ANCESTOR}
    assert standing(PLANT, POWER) == {Standing.INDUSTRY_CHILD, Standing.INDUSTRY_DESCENDANT}
    assert standing(NEIGHBOUR, CITY) == frozenset()


def test_a_union_knows_of_those_above_and_below_and_of_nobody_else() -> None:
    seen = {
        viewer.code: {
            other.code for other in (NATION, POWER, PROVINCE, NEIGHBOUR, CITY, PLANT) if is_visible(viewer, other)
        }
        for viewer in (NATION, POWER, NEIGHBOUR, CITY, PLANT)
    }
    assert seen == {
        "1": {"1", "9", "51", "510", "5101", "7"},
        "9": {"1", "9", "7"},
        "510": {"1", "510"},
        "5101": {"1", "51", "5101", "7"},
        "7": {"1", "9", "51", "5101", "7"},
    }
    assert is_above(POWER, PLANT)
    assert not is_above(PLANT, POWER)


def test_levels_may_be_skipped_but_not_turned_round() -> None:
    ranks = {level.code: level.rank for level in standard_levels()}
    assert may_stand_under(ranks["enterprise"], ranks["province"])
    assert not may_stand_under(ranks["development_zone"], ranks["district"])
    assert not may_stand_under(ranks["city"], ranks["district"])


def test_the_standard_levels() -> None:
    assert [(level.code, level.rank, level.line.value) for level in standard_levels()] == [
        ("national", 10, "territorial"),
        ("province", 20, "territorial"),
        ("national_industry", 20, "industry"),
        ("city", 30, "territorial"),
        ("district", 40, "territorial"),
        ("development_zone", 40, "territorial"),
        ("town", 50, "territorial"),
        ("enterprise", 60, "territorial"),
    ]
