"""Around the closing of a call nothing is lost, doubled or accepted late; how fast it goes is nobody's to assert."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from authz.roles import Role
from bench.country.building import Size, build
from bench.country.probes import ENTERPRISE, SMALL, case_keys
from bench.country.shape import union
from bench.deadline.sending import Outcome
from bench.deadline.verdict import counts
from bench.storm import run
from graphql_api.ids import encode_id
from graphql_api.schema import build as build_contract
from kernel.clock import CHINA, FixedClock
from kernel.database import Database
from kernel.postgres import Server
from kernel.postgres import database_urls as urls_of
from kernel.settings import DatabaseUrls, Settings
from migrations.runner import run_blocking
from programmes.applications.model import CaseAct
from tenants.queries import get_tenant
from tests.databases import clone, drop, new_name
from tests.graphql_api.client import Client, Tokens, serving
from tests.sealers import make_sealer

pytestmark = pytest.mark.timeout(400)
SUBMIT = (
    "mutation ($i: ApplicationActInput!) { submitApplication(input: $i) { application { state } errors { code } } }"
)


def test_a_storm_of_submissions_does_no_harm(tmp_path: Path) -> None:
    sent, faults, _ = run(tmp_path, rate=30, seconds=8, processes=1)
    assert set(faults.values()) == {0}, faults
    told = counts(sent)
    assert sum(told.values()) == 240
    assert told[Outcome.ACCEPTED] > 0
    assert told[Outcome.REFUSED] == 0


@dataclass
class StrikingClock:
    """Goes on by a fraction of a second with each look, and so passes midnight in the middle of an act."""

    at: datetime
    step: timedelta
    looks: list[datetime] = field(default_factory=list)

    def now(self) -> datetime:
        self.at += self.step
        self.looks.append(self.at)
        return self.at.astimezone(UTC)

    def today(self) -> date:
        return self.now().astimezone(CHINA).date()


@pytest.fixture
async def app(settings: Settings, server: Server, template: str, clock: FixedClock) -> AsyncIterator[Database]:
    """A country whose call closes sixty days from the clock's today."""

    name = new_name(settings)
    clone(settings, server, template, name)
    urls: DatabaseUrls = urls_of(settings, server, name)
    run_blocking(build(server, name, urls, make_sealer(), clock, Size(40, 2_000, SMALL), quiet=True))
    database = Database(urls.app, sealer=make_sealer())
    yield database
    await database.close()
    drop(server, name)


async def test_an_act_is_checked_and_written_down_by_one_moment(app: Database, clock: FixedClock) -> None:
    """Wherever midnight strikes in the course of a submission: what is accepted bears a time before it."""
    closing = datetime.combine(clock.today() + timedelta(days=61), datetime.min.time(), CHINA)
    accepted = 0
    for place, case in enumerate(case_keys(SMALL)["to_submit"][:12]):
        striking = StrikingClock(closing - timedelta(seconds=place) - timedelta(milliseconds=500), timedelta(seconds=1))
        code, at = await submit(app, striking, case)
        assert (code is None) == (at is not None)
        assert code in {None, "OUTSIDE_WINDOW"}
        if at is not None:
            accepted += 1
            assert at < closing, place
    assert 0 < accepted < 12


async def submit(app: Database, clock: StrikingClock, case: UUID) -> tuple[str | None, datetime | None]:
    """The refusal's code, if any, and the time that stands in the history."""
    async with app.plain() as session:
        tenant = await get_tenant(session, union(ENTERPRISE))
    tokens = Tokens(FixedClock(clock.at))
    who = tokens.enter(tenant, Role.CLERK)
    async with serving(build_contract(b"secret"), app, clock, tokens) as api:
        refused = await ask(api, who, case)
    async with app.read(union(ENTERPRISE)) as session:
        query = select(CaseAct.at).where(CaseAct.application_id == case, CaseAct.act == "submit")
        return refused, (await session.execute(query)).scalar_one_or_none()


async def ask(api: Client, who: str, case: UUID) -> str | None:
    given = {"applicationId": encode_id("Application", case), "version": 1, "idempotencyKey": f"strike-{case}"}
    errors = (await api.data(SUBMIT, who=who, i=given))["submitApplication"]["errors"]
    return errors[0]["code"] if errors else None
