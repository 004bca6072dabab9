"""Two applications over one database, asked the same; where their answers differ, the smallest operation that still tells them apart.

From the command line, over the year's database: `PYTHONPATH=. .venv/bin/python -m tests.graphql_api.compiled --help`.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from structlog.testing import capture_logs

from graphql_api.app import make_app
from graphql_api.compiled.compiler import Compiler
from graphql_api.context import EntranceAuthenticator, Services
from graphql_api.registry import Registry
from graphql_api.schema import Contract
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import open_entrance
from tests.graphql_api.compiled.asking import Asker, Outcome
from tests.graphql_api.compiled.coverage import given_fields
from tests.graphql_api.compiled.operations import Generator, Operation
from tests.graphql_api.compiled.personas import Persona, make_personas
from tests.graphql_api.compiled.shrinking import shrink
from tests.graphql_api.compiled.stock import Stock, gather
from tests.isolation.fixtures import SEALER, Year

_PATIENCE = 4
_UNAVAILABLE = 503
_PARTIAL = 294
_UNFORESEEN = frozenset({"unforeseen", "compiled_read_failed", "not_compiled"})
Build = Callable[[Contract, Services], Starlette]


def normal(contract: Contract, services: Services) -> Starlette:
    """The application as graphql-core runs it."""
    return make_app(contract, services, demo=False, compile_after=None)


def compiled(contract: Contract, services: Services) -> Starlette:
    """The application as it is served, with compiled reads; each is compiled when it is first asked for."""
    return make_app(contract, services, demo=False, compile_after=0)


@dataclass
class Difference:
    """An operation of which the two applications make something else."""

    operation: Operation
    one: Outcome
    other: Outcome

    def __str__(self) -> str:
        parts = [str(self.operation)]
        for name, outcome in (("normal", self.one), ("compiled", self.other)):
            parts.append(f"--- {name}: {outcome.status} {outcome.kind}\n{outcome.body.decode()}")
            parts.append("\n".join(" ".join(row) for row in outcome.recorded))
        return "\n".join(parts)


@dataclass
class Trial:
    """The two, and what they are asked."""

    one: Asker
    other: Asker
    registry: Registry
    stock: Stock
    personas: list[Persona]
    compiler: Compiler | None = None
    """Of the other application."""
    asked: int = 0
    answered: int = 0
    """Operations with some data that is not null."""
    refused: Counter[str] = field(default_factory=Counter[str])
    logged: Sequence[MutableMapping[str, Any]] = ()
    given: Counter[str] = field(default_factory=Counter[str])
    """By `Type.field`, how often a value came back that is not null."""

    def generator(self, seed: int) -> Generator:
        """The operations of a seed."""
        return Generator(self.registry, self.stock, self.personas, seed)

    @property
    def compiled(self) -> int:
        """How many answers the other application's compiler gave."""
        return 0 if self.compiler is None else self.compiler.answered

    @property
    def unforeseen(self) -> list[str]:
        """What either application logged as a fault of its own; a compiler that fails is silent otherwise, since the ordinary executor answers."""
        return [
            f"{entry['event']}: {entry.get('exc_info')!r}" for entry in self.logged if entry["event"] in _UNFORESEEN
        ]

    @property
    def reasons(self) -> Counter[str]:
        """Why shapes were not compiled."""
        seen = () if self.compiler is None else self.compiler.shapes()
        return Counter(each.reason for each in seen if each.reason is not None)

    async def compare(self, operation: Operation) -> Difference | None:
        """None where they agree."""
        self.asked += 1
        number = f"request-{self.asked:08}"
        one = await _in_time(self.one, operation, number)
        other = await _in_time(self.other, operation, number)
        self._note(operation, one)
        return None if one == other or is_torn(one, other) else Difference(operation, one, other)

    async def shrunk(self, found: Difference) -> Difference:
        """The smallest operation on which they still differ."""
        smallest = found

        async def differs(operation: Operation) -> bool:
            nonlocal smallest
            again = await self.compare(operation)
            smallest = again or smallest
            return again is not None

        await shrink(found.operation, differs)
        return smallest

    def _note(self, operation: Operation, outcome: Outcome) -> None:
        shown = outcome.shown
        self.refused.update(outcome.codes)
        data = shown.get("data")
        if data and any(value is not None for value in data.values()):
            self.answered += 1
            self.given.update(given_fields(self.registry.schema, operation, data))


def is_torn(one: Outcome, other: Outcome) -> bool:
    """A refusal where nothing may be null (`nodes`) ends the whole answer; what its neighbours have come to by then is chance."""
    if not one.status == other.status == _PARTIAL or not one.shown["data"] is other.shown["data"] is None:
        return False
    return any(error in other.shown["errors"] for error in one.shown["errors"])


async def _in_time(asker: Asker, operation: Operation, number: str) -> Outcome:
    """The machine may be busy; whoever was too slow is asked again."""
    outcome = await asker.ask(operation, number)
    for _ in range(_PATIENCE):
        if outcome.status != _UNAVAILABLE:
            break
        outcome = await asker.ask(operation, number)
    return outcome


@asynccontextmanager
async def trial(
    urls: DatabaseUrls, contract: Contract, owner: Database, year: Year, one: Build = normal, other: Build = compiled
) -> AsyncGenerator[Trial]:
    """Both applications over the same roles of the same database, with the real door."""
    app = Database(urls.app, pool_size=6, sealer=SEALER)
    entrance = open_entrance(urls.login, cheap=True, sealer=SEALER)
    services = Services(app, entrance, year.clock, EntranceAuthenticator(entrance, year.clock))
    personas = await make_personas(owner, year)
    stock = await gather(owner, contract.registry, year)
    apps = [build(contract, services) for build in (one, other)]
    askers = [Asker(made, owner) for made in apps]
    try:
        with capture_logs() as logged:
            yield Trial(askers[0], askers[1], contract.registry, stock, personas, apps[1].state.compiler, logged=logged)
    finally:
        await app.close()
        await entrance.close()
