"""The scene: fifteen enterprise unions with complete drafts, a call that closes tonight, and a clock that stands shortly before midnight."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from bench.country.catalogue import edition_key
from bench.country.dossiers import Case
from bench.country.installation import Country
from bench.country.keys import PROBE
from bench.country.loading import Progress, administering, copy_mappings
from bench.country.places import account_of
from bench.country.probes import CITY, Rows
from bench.country.shape import ordinal, union
from graphql_api.ids import encode_id
from kernel.clock import CHINA, ShiftedClock
from kernel.database import Database
from kernel.sealing import open_sealer
from migrations.runner import run_blocking

UNITS = (
    *(f"tianning-{number}" for number in range(1, 9)),
    *(f"wujin-{number}" for number in range(1, 5)),
    *(f"czjkq-{number}" for number in range(1, 4)),
)
_FROM = PROBE + 1_000_000
_SIGNED_IN_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True)
class Draft:
    """A case that is to be submitted once: the contract's id, the key in the database, its union, and the key of the intended act."""

    application: str
    id: UUID
    unit: str
    idempotency_key: str


@dataclass(frozen=True)
class Scene:
    """What the storm needs: the drafts, a session for each union's clerk, and the first moment that is too late."""

    drafts: Sequence[Draft]
    tokens: dict[str, str]
    closing: datetime


def set_scene(country: Country, drafts: int, before_closing: float) -> Scene:
    """Bring drafts in, let the call close at the end of the clock's today, and set the clock so many seconds before that end."""
    clock = country.clock
    if not isinstance(clock, ShiftedClock):
        message = "the clock of this country cannot be set: it must be a demo's"
        raise TypeError(message)
    closing = datetime.combine(clock.today() + timedelta(days=1), datetime.min.time(), CHINA)
    cases = [_case(number) for number in range(drafts)]
    run_blocking(_bring_in(country, cases, closing))
    clock.set_now(closing - _SIGNED_IN_BEFORE)
    tokens = country.tokens([(unit, "clerk") for unit in UNITS])
    made = [
        Draft(encode_id("Application", case.id), case.id, UNITS[number % len(UNITS)], f"storm-{case.number}")
        for number, case in enumerate(cases)
    ]
    clock.set_now(closing - timedelta(seconds=before_closing))
    return Scene(made, {unit: token for (unit, _), token in tokens.items()}, closing)


def _case(number: int) -> Case:
    unit = UNITS[number % len(UNITS)]
    return Case(
        _FROM + number,
        union(unit),
        "applying_unit",
        "draft",
        edition_key(ordinal(CITY), 0),
        union(CITY),
        union(unit),
        None,
        account_of(unit, "clerk"),
    )


async def _bring_in(country: Country, cases: Sequence[Case], closing: datetime) -> None:
    rows, sealer = Rows(), open_sealer(replace(country.settings))
    for case in cases:
        rows.add_case(case, sealer, full=True)
    async with administering(country.server, country.settings.database_name) as connection:
        for table, made in rows.by_table.items():
            await copy_mappings(connection, Progress(quiet=True), table, made)
    owner = Database(country.urls.owner, pool_size=1)
    async with owner.write(union(CITY)) as session:
        last_day = (closing - timedelta(days=1)).date()
        close = text("UPDATE edition SET closes_on = :day, state = 'open' WHERE tenant_id = :union AND id = :edition")
        given = {"day": last_day, "union": union(CITY), "edition": edition_key(ordinal(CITY), 0)}
        await session.execute(close, given)
        await session.execute(text("ANALYZE"))
    await owner.close()
