"""The rows of the unions that are measured: exactly the same at every size of the country.

常州 (a city that organises) has 52,000 cases and persons by default, 4,000 in each of thirteen yearly editions, as 成都 has
(3,533 to 3,762 applicants a year, domain P3), and one title for each seventeenth case; 天宁 (its district) 2,000 cases, 1,500 of them to be
recommended; 天宁第1 (an enterprise) 900; 江苏 (the province) a register of 12,000; 全总 300 cases that are being scored, each given to one expert.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from bench.country import awards
from bench.country.catalogue import YEARS, edition_key
from bench.country.dossiers import Case, Row, application, consent, history, letters, material, person, versioned
from bench.country.keys import PROBE, Kind, key
from bench.country.loading import Connection, Progress, copy_mappings
from bench.country.places import account_of
from bench.country.shape import FOUNDED, ordinal, union
from kernel.sealing import Sealer

CITY, DISTRICT, ENTERPRISE, PROVINCE, NATION = "changzhou", "tianning", "tianning-1", "jiangsu", "acftu"
TITLED_EVERY = 17
_DISTRICT_FROM, _ENTERPRISE_FROM, _NATION_FROM = PROBE + 200_000, PROBE + 300_000, PROBE + 600_000
_UNITS = 8


@dataclass(frozen=True)
class Counts:
    """How many cases each of them has."""

    city: int = 52_000
    district: int = 2_000
    enterprise: int = 900
    nation: int = 300
    register: int = 12_000

    @property
    def cases(self) -> int:
        """All together."""
        return self.city + self.district + self.enterprise + self.nation

    @property
    def titles(self) -> int:
        """How many of the city's cases have led to a title."""
        return sum(1 for index in range(self.city) if city_state(index, self.city) in {"certified", "revoked"})


SMALL = Counts(city=520, district=200, enterprise=120, nation=30, register=120)
"""For tests."""


@dataclass
class Rows:
    """Rows by table, in the order in which they may be read."""

    by_table: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, *rows: Row) -> None:
        """Put rows behind those that are there."""
        self.by_table[table].extend(rows)

    def add_case(self, case: Case, sealer: Sealer, *, full: bool) -> None:
        """A case with its person and history; with its material where `full`."""
        self.add("person", person(case.number, case.tenant_id, sealer))
        self.add("application", application(case))
        self.add("case_act", *history(case))
        if full:
            self.add("evidence", *material(case))
            self.add("consent", consent(case))


async def load_probes(connection: Connection, progress: Progress, counts: Counts, sealer: Sealer) -> None:
    """Bring all of them in."""
    rows = Rows()
    _city(rows, counts, sealer)
    for case in _district(counts):
        rows.add_case(case, sealer, full=True)
    for case in _enterprise(counts):
        rows.add_case(case, sealer, full=True)
    for case in _nation(counts):
        rows.add_case(case, sealer, full=True)
        rows.add("assignment", _assignment(case))
        rows.add("duty_record", _assigned(case))
    rows.add("expert", _expert())
    titles = counts.titles
    rows.add("register_entry", *(awards.register_entry(number, titles) for number in range(counts.register)))
    for table, made in rows.by_table.items():
        await copy_mappings(connection, progress, table, made)


def city_state(index: int, cases: int) -> str:
    """Where the city's `index`-th case stands: the older its edition, the more is decided."""
    age, place = city_age(index, cases), index % 20
    if age == 0:
        return "received"
    if age == 1:
        open_states = ("received",) * 2 + ("formal_passed",) * 6 + ("proposed",) * 4 + ("in_public_notice",)
        return (open_states + ("formal_rejected",) * 3 + ("not_proposed",) * 4)[place]
    if index % TITLED_EVERY == 0:
        return "cultivating" if age == 2 else "revoked" if index % (TITLED_EVERY * 40) == 0 else "certified"  # noqa: PLR2004 - the third newest
    return "formal_rejected" if place < 7 else "not_proposed"  # noqa: PLR2004 - a third


def city_age(index: int, cases: int) -> int:
    """How many years ago its edition was called; the first numbers are the oldest."""
    return YEARS - 1 - index * YEARS // cases


def _city(rows: Rows, counts: Counts, sealer: Sealer) -> None:
    titles = 0
    for case in city_cases(counts):
        titled = case.state in {"certified", "revoked"}
        full = titled or case.state == "cultivating" or city_age(case.number - PROBE, counts.city) <= 1
        rows.add_case(case, sealer, full=full)
        if full:
            rows.add("peer_letter", *letters(case))
            rows.add("snapshot", awards.snapshot(case))
            rows.add("handover", awards.incoming(case))
        if titled or case.state == "cultivating":
            rows.add("cultivation_plan", awards.plan(case))
        if titled:
            titles += 1
            awards.grant(rows.by_table, case, titles, age=city_age(case.number - PROBE, counts.city))
    for age in range(1, YEARS):
        rows.add("notice", awards.notice(age))


def city_cases(counts: Counts) -> Iterator[Case]:
    """The city's cases, the oldest first."""
    clerk, organiser = account_of(CITY, "clerk"), union(CITY)
    for index in range(counts.city):
        yield Case(
            PROBE + index,
            organiser,
            "organiser",
            city_state(index, counts.city),
            edition_key(ordinal(CITY), city_age(index, counts.city)),
            organiser,
            union(f"tianning-{index % _UNITS + 1}"),
            union("tianning" if index % 3 else "wujin"),
            clerk,
        )


def _district(counts: Counts) -> Iterator[Case]:
    for index in range(counts.district):
        yield replace(
            _below(_DISTRICT_FROM + index, DISTRICT, "recommending_unit"),
            state="recommended" if index % 4 == 0 else "at_recommending_unit",
            recommending_unit_id=union(DISTRICT),
        )


def _enterprise(counts: Counts) -> Iterator[Case]:
    states = ("draft", "submitted", "endorsed")
    for index in range(counts.enterprise):
        yield replace(_below(_ENTERPRISE_FROM + index, ENTERPRISE, "applying_unit"), state=states[index % 3])


def _nation(counts: Counts) -> Iterator[Case]:
    for index in range(counts.nation):
        case = _below(_NATION_FROM + index, NATION, "organiser")
        yield replace(
            case,
            state="scoring",
            edition_id=edition_key(ordinal(NATION), 1),
            organiser_id=union(NATION),
            recommending_unit_id=union(PROVINCE),
        )


def _below(number: int, code: str, desk: str) -> Case:
    """A case in the city's open edition."""
    return Case(
        number,
        union(code),
        desk,
        "draft",
        edition_key(ordinal(CITY), 0),
        union(CITY),
        union(f"tianning-{number % _UNITS + 1}" if desk != "applying_unit" else code),
        None,
        account_of(code, "clerk"),
    )


def _expert() -> Row:
    return {
        "tenant_id": union(NATION),
        "id": key(Kind.EXPERT, PROBE),
        "account_id": account_of(NATION, "expert"),
        "name": "罗静远",
        "employer": "机械科学研究总院",
        **versioned(FOUNDED),
    }


def _assignment(case: Case) -> Row:
    return {
        "tenant_id": case.tenant_id,
        "id": key(Kind.ASSIGNMENT, case.number),
        "edition_id": case.edition_id,
        "application_id": case.id,
        "expert_account_id": account_of(NATION, "expert"),
        "expert_name": "罗静远",
        "state": "open",
        **versioned(case.at),
    }


def _assigned(case: Case) -> Row:
    """By which the gate knows that the expert may see the case."""
    return {
        "tenant_id": case.tenant_id,
        "id": key(Kind.DUTY, case.number),
        "object_kind": "case",
        "object_id": case.id,
        "account_id": account_of(NATION, "expert"),
        "duty": "assigned",
        "at": case.at,
    }


def case_keys(counts: Counts) -> dict[str, list[UUID]]:
    """Applications to act on, by what may be done with them next."""
    recommendable = [case.id for case in _district(counts) if case.state == "at_recommending_unit"]
    below = list(_enterprise(counts))
    by_state = {state: [case.id for case in below if case.state == state] for state in ("draft", "submitted")}
    return {
        "to_submit": by_state["draft"],
        "to_endorse": by_state["submitted"],
        "to_recommend": recommendable,
        "to_score": [key(Kind.ASSIGNMENT, case.number) for case in _nation(counts)],
    }
