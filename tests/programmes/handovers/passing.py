"""Handovers in tests: every letter is taken in twice, and the second time must change nothing; cases that pass quickly."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text, update

from authz.scope import WriteScope
from cli.demo.offices import Offices
from kernel.database import ReadSession
from kernel.letters import Letter
from programmes.applications.model import Application
from programmes.catalogue.events import RECOMMENDING_GRANT
from programmes.handovers.model import Handover
from programmes.titles.service import name_directly
from tests.programmes.applications.desks import rows
from workers.drain import drain, make_workshop
from workers.letters import LETTERS

Handler = Callable[[WriteScope, Letter], Awaitable[None]]
KINDS = set(LETTERS) - {RECOMMENDING_GRANT}
_TABLES = "person consent application evidence peer_letter case_act snapshot handover drift register_entry honour audit_entry job"


async def _fingerprint(session: ReadSession) -> list[str]:
    await session.flush()
    query = "SELECT count(*) || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
    return [(await session.execute(text(query.format(table=table)))).scalar_one() for table in _TABLES.split()]


def _twice(kind: str, handler: Handler, seen: set[str]) -> Handler:
    async def take_in(scope: WriteScope, letter: Letter) -> None:
        await handler(scope, letter)
        first = await _fingerprint(scope.session)
        await handler(scope, letter)
        assert await _fingerprint(scope.session) == first, f"a second {kind} changed something"
        seen.add(kind)

    return take_in


@dataclass
class CarefulOffices(Offices):
    """Offices whose workers take every letter in twice; `seen` are the kinds that arrived."""

    seen: set[str] = field(default_factory=set[str])

    async def settle(self, *, tick: bool = True) -> int:
        letters: dict[str, Handler] = {
            kind: _twice(kind, handler, self.seen) if kind in KINDS else handler for kind, handler in LETTERS.items()
        }
        workshop = make_workshop(self.courier, self.clock, letters=letters)
        return await drain(self.courier, self.clock, workshop=workshop, tick=tick)


def careful(offices: Offices) -> CarefulOffices:
    return CarefulOffices(offices.app, offices.courier, offices.clock, offices.tenants, offices.accounts)


async def sides(offices: Offices, below: str, above: str, **where: Any) -> tuple[Handover, Handover]:
    """Both records of the newest passing from one union to another that fits."""
    lower = (await rows(offices, f"{below}.clerk", Handover, direction="outgoing", **where))[-1]
    (upper,) = await rows(
        offices, f"{above}.clerk", Handover, direction="incoming", correlation_id=lower.correlation_id
    )
    return lower, upper


async def states(offices: Offices, below: str, above: str, **where: Any) -> tuple[str, str]:
    lower, upper = await sides(offices, below, above, **where)
    return lower.state, upper.state


async def count_visible(offices: Offices, login: str, tables: Sequence[str]) -> Mapping[str, int]:
    """How many rows row-level security shows this union when it asks for all."""
    tenant = (await offices.actor(login)).tenant
    async with offices.app.read(tenant.id) as session:
        return {table: (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() for table in tables}


async def name_now(
    offices: Offices, office: str, edition_id: UUID, cases: Sequence[UUID], document_no: str
) -> list[UUID]:
    """Titles at once: the stages between arrival and announcement are passed over, which other tests walk."""
    tenant_id = offices.tenants[office]
    async with offices.app.write(tenant_id) as session:
        passed = update(Application).where(Application.tenant_id == tenant_id, Application.id.in_(cases))
        await session.execute(passed.values(state="announced"))
    async with offices.acting(f"{office}.leader") as scope:
        titles = await name_directly(scope, edition_id, cases, document_no=document_no)
    await offices.settle()
    return [title.id for title in titles]
