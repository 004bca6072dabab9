"""An installation of the product whose database holds a country; made where there is none yet."""

import json
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from bench.country.building import Size, build
from bench.country.catalogue import YEARS, edition_key
from bench.country.keys import PROBE, Kind, key
from bench.country.places import seats_of
from bench.country.probes import CITY, DISTRICT, ENTERPRISE, NATION, PROVINCE, Counts, case_keys, city_cases
from bench.country.sessions import Seat, open_sessions
from bench.country.shape import ordinal, union
from kernel.clock import Clock, ShiftedClock, SystemClock
from kernel.postgres import Server, purge, server_in_use
from kernel.sealing import open_sealer
from kernel.settings import DatabaseUrls, Settings
from migrations import runner

_RECORD = "country.json"
_MEASURED = (CITY, DISTRICT, ENTERPRISE, PROVINCE, NATION)


@dataclass(frozen=True)
class Probes:
    """Keys of the measured unions' rows; the contract's ids are `graphql_api.ids.encode_id(type, key)` of them."""

    unions: dict[str, UUID]
    editions: list[UUID]
    """常州's, the oldest first; the last is open."""
    dossiers: list[UUID]
    """常州's cases with everything: evidence, letters, snapshot, history of nine acts, title."""
    to_submit: list[UUID]
    """天宁第1's drafts that are complete."""
    to_endorse: list[UUID]
    to_recommend: list[UUID]
    """天宁's, in 常州's open edition."""
    to_score: list[UUID]
    """全总's assignments of ("acftu", "expert")."""
    person: UUID
    """A titled person of 常州."""


@dataclass(frozen=True)
class Country:
    """A country with its server running."""

    settings: Settings
    server: Server
    urls: DatabaseUrls
    tenants: int
    applications: int
    counts: Counts

    @property
    def clock(self) -> Clock:
        """The clock that the product's processes go by here."""
        return ShiftedClock(self.settings.clock_file) if self.settings.demo else SystemClock()

    def tokens(self, seats: Iterable[Seat] | None = None) -> dict[Seat, str]:
        """Fresh sessions of these seats; else of all seats of the five measured unions."""
        wanted = seats or [(code, seat) for code in _MEASURED for seat, _ in seats_of(code)]
        return runner.run_blocking(open_sessions(self.urls, self.clock, wanted))

    @property
    def probes(self) -> Probes:
        """What there is to ask for and to act on."""
        titled = [case.id for case in city_cases(self.counts) if case.state == "certified"]
        return Probes(
            unions={code: union(code) for code in _MEASURED},
            editions=[edition_key(ordinal(CITY), age) for age in reversed(range(YEARS))],
            dossiers=titled,
            person=key(Kind.PERSON, PROBE),
            **case_keys(self.counts),
        )


@contextmanager
def country_in_use(
    home: Path, *, tenants: int = 40, applications: int = 60_000, probes: Counts | None = None, demo: bool = False
) -> Generator[Country]:
    """The country of a home, with a durable server; it is loaded with a fast one first where the home is empty. `demo`: with a clock that can be moved."""
    settings = installation(home, demo=demo)
    counts = probes or Counts()
    if not (home / _RECORD).exists():
        _load(settings, tenants, applications, counts)
    record = json.loads((home / _RECORD).read_text(encoding="utf-8"))
    with server_in_use(settings) as server:
        urls = runner.prepare(settings, server)
        yield Country(settings, server, urls, record["tenants"], record["applications"], Counts(**record["counts"]))


def installation(home: Path, *, demo: bool = False) -> Settings:
    """Settings of a country's home, whatever the environment says of others."""
    return replace(
        Settings.from_env({}),
        home=home,
        secret_file=home / "secret.key",
        keyring_file=home / "keyring.json",
        role_prefix="jiangti_bench",
        demo=demo,
    )


def _load(settings: Settings, tenants: int, applications: int, counts: Counts) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    purge(settings)  # what an interrupted loading left behind
    with server_in_use(settings, profile="test") as server:
        urls = runner.prepare(settings, server)
        size = Size(tenants, applications, counts)
        sealer, clock = open_sealer(settings), SystemClock()
        runner.run_blocking(build(server, settings.database_name, urls, sealer, clock, size))
    record = {"tenants": tenants, "applications": applications, "counts": counts.__dict__}
    (settings.home / _RECORD).write_text(json.dumps(record), encoding="utf-8")
