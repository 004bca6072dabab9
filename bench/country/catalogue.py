"""Programmes, their rulebooks as `jiangti programme load` brings them in, and thirteen yearly editions of each.

Five programmes are the shipped ones. Every further province selects by the rules of 江苏五一工匠 and every further city by those of 龙城工匠,
under a name and a code of its own (S0 第十七条: 各单位参照本方案). What the documents leave open is filled as a person would.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson

from bench.country.keys import Kind, key
from bench.country.loading import Connection, Progress, copy_mappings
from bench.country.shape import FIXED, FOUNDED, Shape, ordinal, union
from kernel.clock import Clock
from kernel.database import Database
from programmes.catalogue.loader import load_rulebook, load_shipped, require_shipped, shipped_rulebooks
from programmes.catalogue.rules.filling import check_values, merge, missing_values
from programmes.catalogue.rules.reading import canonical, fingerprint
from programmes.catalogue.rules.rulebook import Rulebook

ORGANISERS = {
    "national_craftsman": "acftu",
    "longcheng_craftsman": "changzhou",
    "zhuge_craftsman": "wuhou",
    "chengdu_craftsman": "chengdu",
    "jiangsu_may_first_craftsman": "jiangsu",
}
YEARS = 13
"""Editions of a programme; the last is open."""
_PER_ORGANISER = 16
_SCORING = {"criteria.*.max_points": 10, "scoring.aggregation": "mean", "scoring.experts_per_case": 3}
_FILLED: Mapping[str, Any] = {
    "document.number": "工发〔2024〕1号",
    "target.count": 100,
    "notice.working_days": 5,
    "cultivation.report_every_months": 6,
    "cultivation.months": 12,
    "cultivation.plan_owner": "employer",
}
_UNITS = {"zhuge_craftsman": ("enterprise",), "chengdu_craftsman": ("district",)}
_OFFICES = ("city", "district")


@dataclass(frozen=True)
class Organised:
    """A programme and the number of the union that runs it."""

    rulebook: Rulebook
    organiser: int


def edition_key(organiser: int, age: int) -> UUID:
    """The edition of a union's programme that was called `age` years ago."""
    return key(Kind.EDITION, organiser * _PER_ORGANISER + YEARS - 1 - age)


def programme_key(organiser: int) -> UUID:
    """The programme that a union runs."""
    return key(Kind.PROGRAMME, organiser)


def programmes(shape: Shape) -> list[Organised]:
    """All programmes of the country in force, one to an organiser."""
    shipped = shipped_rulebooks()
    named = [Organised(require_shipped(shipped, code), ordinal(organiser)) for code, organiser in ORGANISERS.items()]
    like_province = require_shipped(shipped, "jiangsu_may_first_craftsman")
    like_city = require_shipped(shipped, "longcheng_craftsman")
    provinces = [
        Organised(_renamed(like_province, f"p{number:02}", f"第{number}省"), FIXED + number)
        for number in range(shape.provinces)
    ]
    cities = [
        Organised(_renamed(like_city, f"c{number:03}", f"第{number}市"), shape.first_city + number)
        for number in range(shape.cities)
    ]
    return named + provinces + cities


def _renamed(rulebook: Rulebook, code: str, place: str) -> Rulebook:
    words = {"programme": f"{code}_craftsman", "title_code": f"{code}_craftsman"}
    names = {"name": f"{place}工匠培育工程", "title_name": f"{place}工匠"}
    return rulebook.model_copy(update={**words, **names, "feeders": ()})


async def load_programmes(owner: Database, clock: Clock, made: list[Organised]) -> None:
    """The shipped ones as the command line loads them; the others by the same function."""
    await load_shipped(owner, {code: union(organiser) for code, organiser in ORGANISERS.items()}, clock)
    async with owner.plain() as session:
        for one in made[len(ORGANISERS) :]:
            await load_rulebook(session, one.rulebook, key(Kind.TENANT, one.organiser), clock)


async def settle_keys(connection: Connection, made: list[Organised]) -> None:
    """Give programmes and the newest version of each keys that are the same in every country."""
    for one in made:
        code, mine, book = one.rulebook.programme, programme_key(one.organiser), key(Kind.RULEBOOK, one.organiser)
        was = await connection.fetchval("SELECT id FROM programme WHERE code = $1", code)
        await connection.execute("UPDATE rulebook_version SET programme_id = $2 WHERE programme_id = $1", was, mine)
        newest = "UPDATE rulebook_version SET id = $2 WHERE programme_id = $1 AND version = $3"
        await connection.execute(newest, mine, book, one.rulebook.version)
        await connection.execute("UPDATE programme SET id = $2 WHERE id = $1", was, mine)


async def load_editions(connection: Connection, progress: Progress, made: list[Organised], today: date) -> None:
    """Thirteen editions of each programme: the last open for two more months, the one before in review, older ones further on."""
    rows = [row for one in made for row in _editions(one, today)]
    await copy_mappings(connection, progress, "edition", rows)


def filled_values(rulebook: Rulebook) -> dict[str, Any]:
    """What a person filled in where the document is silent; raises where something mandatory would stay open."""
    units = [{"level": level, "line": "territorial"} for level in _UNITS.get(rulebook.programme, _OFFICES)]
    wanted = {**_FILLED, **_SCORING, "route.recommending": units}
    known = {silence.key for silence in rulebook.silences}
    expanded = {
        key: value
        for name, value in wanted.items()
        if name in known
        for key in ([name] if "*" not in name else _criteria(rulebook, name))
    }
    good, bad = check_values(rulebook, expanded)
    missing = missing_values(rulebook, good)
    if bad or missing:
        message = f"{rulebook.programme}: {bad} {missing}"
        raise ValueError(message)
    return good


def _criteria(rulebook: Rulebook, name: str) -> list[str]:
    return [name.replace("*", criterion.key) for criterion in rulebook.criteria]


def _editions(one: Organised, today: date) -> list[dict[str, object]]:
    values = filled_values(one.rulebook)
    rules = canonical(merge(one.rulebook, values))
    stamp = {"by": "王审核", "account_id": str(key(Kind.ACCOUNT, one.organiser)), "at": FOUNDED.isoformat()}
    filled = {name: {"value": value, **stamp} for name, value in values.items()}
    return [
        {
            "tenant_id": key(Kind.TENANT, one.organiser),
            "id": edition_key(one.organiser, age),
            "programme_id": programme_key(one.organiser),
            "rulebook_version_id": key(Kind.RULEBOOK, one.organiser),
            "name": f"{one.rulebook.name}（{today.year - age}年）",
            "year": today.year - age,
            "cohort_no": 1,
            "state": _state(age),
            "document_no": f"工发〔{today.year - age}〕8号",
            "opens_on": date(today.year - age, 1, 1),
            "closes_on": today + timedelta(days=60) if age == 0 else date(today.year - age, 4, 30),
            "filled": orjson.dumps(filled).decode(),
            "rules": orjson.dumps(rules).decode(),
            "rules_sha256": fingerprint(rules),
            "issued_at": FOUNDED,
            "version": 3,
            "created_at": FOUNDED,
            "updated_at": FOUNDED,
        }
        for age in range(YEARS)
    ]


def _state(age: int) -> str:
    return {0: "open", 1: "reviewing", 2: "cultivating"}.get(age, "closed")
