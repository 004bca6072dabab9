"""The tree: the real ladder of unions, and in small the same ladder.

全总 1 → 31 provinces and the 新疆兵团 → 333 cities → about 2,850 districts → the rest enterprise unions; ten 全国产业工会 beside the provinces,
with every hundredth enterprise on their line (domain §2.1; the numbers of cities and districts are those of the administrative divisions).
The first thirty unions are the same at every size: they are the ones that are measured, and their own rows never differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from bench.country.keys import Kind, key
from tenants import tree

FOUNDED = datetime(2019, 1, 1, tzinfo=UTC)
_SMALL = (
    ("acftu", "中华全国总工会", "national", None, None),
    ("jiangsu", "江苏省总工会", "province", "acftu", None),
    ("sichuan", "四川省总工会", "province", "acftu", None),
    ("changzhou", "常州市总工会", "city", "jiangsu", None),
    ("chengdu", "成都市总工会", "city", "sichuan", None),
    ("tianning", "天宁区总工会", "district", "changzhou", None),
    ("wujin", "武进区总工会", "district", "changzhou", None),
    ("wuhou", "武侯区总工会", "district", "chengdu", None),
    ("czjkq", "常州经开区总工会", "development_zone", "changzhou", None),
    ("power-union", "中国能源化学地质工会全国委员会", "national_industry", "acftu", None),
    *((f"tianning-{n}", f"天宁第{n}机械有限公司工会", "enterprise", "tianning", None) for n in range(1, 9)),
    *((f"wujin-{n}", f"武进第{n}光伏有限公司工会", "enterprise", "wujin", None) for n in range(1, 5)),
    ("czjkq-1", "国网常州供电公司工会", "enterprise", "czjkq", "power-union"),
    *((f"czjkq-{n}", f"经开第{n}轨道车辆有限公司工会", "enterprise", "czjkq", None) for n in range(2, 4)),
    *((f"wuhou-{n}", f"武侯第{n}皮革有限公司工会", "enterprise", "wuhou", None) for n in range(1, 6)),
)
FIXED = len(_SMALL)
_ORDINALS = {union[0]: ordinal for ordinal, union in enumerate(_SMALL)}
_LINE_EVERY = 100
Row = tuple[object, ...]
COLUMNS = (
    "id",
    "code",
    "name",
    "level",
    "parent_id",
    "path",
    "industry_parent_id",
    "industry_path",
    "active",
    "created_at",
)


def union(code: str) -> UUID:
    """The key of one of the thirty unions that every size has."""
    return key(Kind.TENANT, _ORDINALS[code])


def ordinal(code: str) -> int:
    """Its number."""
    return _ORDINALS[code]


def union_names() -> dict[str, str]:
    """The thirty unions' names by their codes."""
    return {code: name for code, name, *_ in _SMALL}


@dataclass(frozen=True)
class Shape:
    """How many unions of each rung stand beside the thirty; their numbers follow one another, rung after rung."""

    tenants: int
    provinces: int
    cities: int
    districts: int
    industries: int

    @property
    def enterprises(self) -> int:
        """What is left."""
        return self.tenants - self.first_enterprise

    @property
    def first_city(self) -> int:
        """The number of the first city; the provinces begin at FIXED."""
        return FIXED + self.provinces

    @property
    def first_district(self) -> int:
        """The number of the first district."""
        return self.first_city + self.cities

    @property
    def first_industry(self) -> int:
        """The number of the first industrial union."""
        return self.first_district + self.districts

    @property
    def first_enterprise(self) -> int:
        """The number of the first enterprise union."""
        return self.first_industry + self.industries


def shape_of(tenants: int) -> Shape:
    """The ladder for this many unions, 40 or more."""
    if tenants < FIXED + 10:
        message = f"a country has {FIXED + 10} unions or more"
        raise ValueError(message)
    rest = tenants - FIXED
    return Shape(
        tenants,
        provinces=min(30, max(1, rest // 300)),
        cities=min(331, max(1, rest // 60)),
        districts=min(2_847, max(1, rest // 20)),
        industries=min(9, rest // 1_000),
    )


def unions(shape: Shape) -> Iterator[Row]:
    """All unions, parents first, in the order of COLUMNS; neighbours in number are neighbours in the country."""
    paths: dict[int, tuple[str, str | None]] = {}
    for number, (code, name, level, parent, line) in enumerate(_SMALL):
        above = None if parent is None else _ORDINALS[parent]
        yield _row(paths, number, (code, name, level), above, None if line is None else _ORDINALS[line])
    for number in range(shape.provinces):
        yield _row(paths, FIXED + number, (f"p{number:02}", f"第{number}省总工会", "province"), 0)
    for number in range(shape.cities):
        above = FIXED + number * shape.provinces // shape.cities
        yield _row(paths, shape.first_city + number, (f"c{number:03}", f"第{number}市总工会", "city"), above)
    for number in range(shape.districts):
        above = shape.first_city + number * shape.cities // shape.districts
        yield _row(paths, shape.first_district + number, (f"d{number:04}", f"第{number}区总工会", "district"), above)
    for number in range(shape.industries):
        place = (f"i{number}", f"第{number}全国产业工会", "national_industry")
        yield _row(paths, shape.first_industry + number, place, 0)
    yield from _enterprises(shape, paths)


def _enterprises(shape: Shape, paths: dict[int, tuple[str, str | None]]) -> Iterator[Row]:
    for number in range(shape.enterprises):
        above = shape.first_district + number * shape.districts // shape.enterprises
        on_line = shape.industries and number % _LINE_EVERY == 0
        line = shape.first_industry + number // _LINE_EVERY % shape.industries if on_line else None
        place = (f"e{number:07}", f"第{number}企业工会", "enterprise")
        yield _row(paths, shape.first_enterprise + number, place, above, line, keep=False)


def _row(
    paths: dict[int, tuple[str, str | None]],
    number: int,
    place: tuple[str, str, str],
    above: int | None,
    line: int | None = None,
    *,
    keep: bool = True,
) -> Row:
    tenant_id = key(Kind.TENANT, number)
    own = tree.segment(tenant_id)
    path = tree.root_path(own) if above is None else tree.child_path(paths[above][0], own)
    industry_path = tree.root_path(own) if place[2] == "national_industry" else None
    if line is not None:
        industry_path = tree.child_path(paths[line][1] or "", own)
    if keep:
        paths[number] = path, industry_path
    parent_id = None if above is None else key(Kind.TENANT, above)
    line_id = None if line is None else key(Kind.TENANT, line)
    return (tenant_id, *place, parent_id, path, line_id, industry_path, True, FOUNDED)
