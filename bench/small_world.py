"""A city with its districts, filled by COPY: just enough rows for the questions, in a minute at most. `bench.country` makes the whole country."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import yaml

import bench.small_rows as rows
from bench.house import ROOT, House, connect
from bench.world import Nominees, Seat, World
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.ids import new_id
from kernel.sealing import Sealer, open_sealer
from programmes.catalogue.rules.reading import canonical, fingerprint, read_rulebook
from tenants.accounts.tokens import new_token, token_hash
from tenants.facts import TenantFacts
from tenants.service import NewTenant, add_tenant, seed_levels

Rows = dict[str, list[dict[str, Any]]]
_BOARD, _BELOW, _TITLES, _REGISTER = 2_000, 2_000, 2_000, 10_000
_WRITERS = 16
_RULEBOOK = ROOT / "programmes/catalogue/rulebooks/chengdu_craftsman_2024.yaml"
_JSON = frozenset({"content", "rules", "filled", "titles_held", "route_so_far", "fields"})


@dataclass(frozen=True)
class _Unions:
    city: TenantFacts
    district: TenantFacts
    writers: list[TenantFacts]


async def make_small_world(house: House, nominees: int) -> World:
    """Fill the database; `nominees` cases to recommend, over all unions together."""
    unions = await _unions(house)
    sealer = open_sealer(house.settings)
    made: Rows = {}
    edition = _edition(made, unions.city)
    district = _seat(made, unions.district, ("recommender",), "王某")
    city = _seat(made, unions.city, ("clerk", "finance_clerk"), "陈某")
    _work(made, unions.district, district, edition)
    dossier = _board(made, sealer, unions.district, unions.city, edition)
    _from_below(made, sealer, unions, edition)
    _awards(made, sealer, unions, edition)
    put_forward = [
        _nominees(made, sealer, writer, unions.city, edition, nominees // _WRITERS + 1) for writer in unions.writers
    ]
    await copy_in(house.admin_dsn, made)
    return World(district, city, city, city, dossier, tuple(put_forward), "zhuge_craftsman", "2025-06-30")


async def copy_in(dsn: str, made: Rows) -> None:
    """Write all rows, table by table in the order in which they were begun; then let the planner look at them."""
    connection = await connect(dsn)
    try:
        for table, records in made.items():
            columns = list(dict.fromkeys(name for record in records for name in record))
            await connection.copy_records_to_table(table, columns=columns, records=_records(columns, records))
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _records(columns: Sequence[str], records: Sequence[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for record in records:
        yield tuple(
            orjson.dumps(record[name]).decode() if name in _JSON and name in record else record.get(name)
            for name in columns
        )


async def _unions(house: House) -> _Unions:
    owner, clock = Database(house.urls.owner), SystemClock()
    try:
        async with owner.plain() as session:
            await seed_levels(session)

            async def union(code: str, name: str, level: str, parent: TenantFacts | None) -> TenantFacts:
                new = NewTenant(code=code, name=name, level=level, parent_id=None if parent is None else parent.id)
                return await add_tenant(session, clock, new)

            nation = await union("acftu", "中华全国总工会", "national", None)
            province = await union("sichuan", "四川省总工会", "province", nation)
            city = await union("chengdu", "成都市总工会", "city", province)
            districts = [
                await union(f"district-{number}", f"第{number}区总工会", "district", city)
                for number in range(_WRITERS + 1)
            ]
            for number, district in enumerate(districts):
                await union(f"plant-{number}", f"第{number}厂工会", "enterprise", district)
    finally:
        await owner.close()
    return _Unions(city, districts[0], districts[1:])


def _edition(made: Rows, organiser: TenantFacts) -> UUID:
    rulebook = read_rulebook(yaml.safe_load(_RULEBOOK.read_text(encoding="utf-8")))
    content, now = canonical(rulebook), datetime.now(UTC)
    programme, version, edition = new_id(), new_id(), new_id()
    made["programme"] = [rows.programme(programme, rulebook, organiser.id)]
    shipped = {"id": version, "programme_id": programme, "version": "2024", "content": content, "loaded_at": now}
    made["rulebook_version"] = [{**shipped, "sha256": fingerprint(content)}]
    made["edition"] = [
        {
            **rows.dated(organiser.id, edition, now),
            "programme_id": programme,
            "rulebook_version_id": version,
            "name": "2026年度成都工匠",
            "year": now.year,
            "cohort_no": 1,
            "state": "open",
            "opens_on": now.date() - timedelta(days=30),
            "closes_on": now.date() + timedelta(days=300),
            "filled": {},
            "rules": content,
            "rules_sha256": fingerprint(content),
            "issued_at": now,
        }
    ]
    return edition


def _seat(made: Rows, union: TenantFacts, roles: Sequence[str], name: str) -> Seat:
    token, account, membership, now = new_token(), new_id(), new_id(), datetime.now(UTC)
    common = {"password_hash": "", "state": "active", "failed_attempts": 0, "must_change_password": False}
    made.setdefault("account", []).append(
        {**common, "id": account, "login": account.hex, "name": name, "created_at": now}
    )
    made.setdefault("membership", []).append(
        {
            "tenant_id": union.id,
            "id": membership,
            "account_id": account,
            "name": name,
            "roles": list(roles),
            "valid_from": date(2020, 1, 1),
        }
    )
    made.setdefault("sign_in_session", []).append(
        {
            "id": new_id(),
            "token_hash": token_hash(token),
            "account_id": account,
            "tenant_id": union.id,
            "membership_id": membership,
            "issued_at": now,
            "last_seen_at": now,
            "expires_at": now + timedelta(days=1),
            "strength": 2,
        }
    )
    return Seat(token, union.id, account)


def _work(made: Rows, union: TenantFacts, seat: Seat, edition: UUID) -> None:
    """What the person did before, in cases that are long over: the gate asks among these."""
    now = datetime.now(UTC)
    made["duty_record"] = [
        {
            "tenant_id": union.id,
            "id": new_id(),
            "object_kind": "case",
            "object_id": new_id(),
            "account_id": seat.account_id,
            "duty": "recommended",
            "at": now,
        }
        for _ in range(500)
    ]
    del edition


def _board(made: Rows, sealer: Sealer, union: TenantFacts, organiser: TenantFacts, edition: UUID) -> UUID:
    """The cases of a district in several states; returns the one in the middle, which has everything."""
    states = ("at_recommending_unit", "at_recommending_unit", "recommended", "returned")
    cases: list[UUID] = []
    for number in range(_BOARD):
        person = rows.person(sealer, union.id, number)
        case = rows.case(union.id, person["id"], edition, organiser.id, states[number % len(states)], number)
        rows.add(made, "person", person)
        rows.add(made, "application", case)
        rows.belongings(made, case, person["id"])
        cases.append(case["id"])
    return cases[-4]


def _from_below(made: Rows, sealer: Sealer, unions: _Unions, edition: UUID) -> None:
    """What the districts handed up to the city, with changes below that were told since."""
    for number in range(_BELOW):
        person = rows.person(sealer, unions.city.id, number)
        case = rows.case(unions.city.id, person["id"], edition, unions.city.id, "received", number)
        counterpart = unions.writers[number % len(unions.writers)]
        case |= {"desk": "organiser", "recommending_unit_id": counterpart.id}
        rows.add(made, "person", person)
        rows.add(made, "application", case)
        rows.handover(made, case, person, counterpart.id, number)


def _awards(made: Rows, sealer: Sealer, unions: _Unions, edition: UUID) -> None:
    """Titles with certificates and money of former years, and the register of what was granted below."""
    programme, city = made["programme"][0]["id"], unions.city.id
    for number in range(_TITLES):
        person = rows.person(sealer, city, _BELOW + number)
        case = rows.case(city, person["id"], edition, city, "certified", number)
        case |= {"desk": "organiser"}
        rows.add(made, "person", person)
        rows.add(made, "application", case)
        rows.award(made, case, programme, number)
    for number in range(_REGISTER):
        rows.register_entry(made, city, unions.writers[number % len(unions.writers)].id, number)


def _nominees(
    made: Rows, sealer: Sealer, union: TenantFacts, organiser: TenantFacts, edition: UUID, count: int
) -> Nominees:
    seat = _seat(made, union, ("recommender",), "李某")
    cases: list[UUID] = []
    for number in range(count):
        person = rows.person(sealer, union.id, number)
        case = rows.case(union.id, person["id"], edition, organiser.id, "at_recommending_unit", number)
        rows.add(made, "person", person)
        rows.add(made, "application", case)
        rows.consent(made, union.id, person["id"])
        cases.append(case["id"])
    rows.grant(made, union.id, edition)
    return Nominees(seat, tuple(cases))
