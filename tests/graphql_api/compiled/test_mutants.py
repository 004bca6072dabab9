"""The comparison is worth something: a damaged compiler is told from graphql-core, and the whole one is not."""

import os
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from graphql_api import app
from graphql_api.compiled.compiler import Compiler
from graphql_api.context import Services
from graphql_api.schema import Contract
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tests.graphql_api.compiled.asking import Asker, Outcome
from tests.graphql_api.compiled.equality import PATIENCE
from tests.graphql_api.compiled.mutants import MUTANTS, damaged
from tests.graphql_api.compiled.operations import Operation
from tests.graphql_api.compiled.trial import Trial, compiled, is_torn, normal, trial
from tests.isolation.fixtures import Year

pytestmark = PATIENCE
MOST = 1_500
"""So many operations a mutant may survive; most are found within a few dozen."""
WHOLE = 150
EVERY_TIME = (
    "a list shows what its predicate hides",
    "a field's alias is lost",
    "the order of a list is turned",
    "next and previous are exchanged",
    "what was shown is not recorded",
    "another union's row is looked for here",
)
"""What `make test` tries; `make nightly` tries all of them."""
CHOSEN = tuple(MUTANTS) if os.environ.get("JIANGTI_NIGHTLY") else EVERY_TIME


@dataclass
class Known:
    """Operations with their right answers, asked once for all mutants."""

    both: Trial
    contract: Contract
    owner: Database
    services: Services
    answers: list[tuple[Operation, Outcome]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._draws = self.both.generator(77).draws(MOST)

    async def answer(self, number: int) -> tuple[Operation, Outcome]:
        while len(self.answers) <= number:
            operation = next(self._draws)
            self.answers.append((operation, await self.both.one.ask(operation, name(len(self.answers)))))
        return self.answers[number]


def name(number: int) -> str:
    return f"request-{number:08}"


@pytest.fixture(scope="module")
async def known(year_urls: DatabaseUrls, contract: Contract, owner: Database, year: Year) -> AsyncIterator[Known]:
    kept: list[Services] = []

    def remember(contract: Contract, services: Services) -> app.Starlette:
        kept.append(services)
        return normal(contract, services)

    async with trial(year_urls, contract, owner, year, one=remember) as both:
        yield Known(both, contract, owner, kept[0])


@contextmanager
def compiling_with(compiler: type[Compiler]) -> Generator[None]:
    """Applications that are made within use this compiler."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "Compiler", compiler)
        yield


async def first_difference(known: Known, asker: Asker, most: int) -> int | None:
    """Which operation told it from graphql-core."""
    for number in range(most):
        operation, right = await known.answer(number)
        outcome = await asker.ask(operation, name(number))
        if outcome != right and not is_torn(outcome, right):
            return number
    return None


@pytest.mark.parametrize("what", CHOSEN)
async def test_a_mutant_is_caught(known: Known, tmp_path: Path, what: str) -> None:
    with damaged(MUTANTS[what], tmp_path) as module, compiling_with(module.Compiler):
        asker = Asker(compiled(known.contract, known.services), known.owner)
        found = await first_difference(known, asker, MOST)
    assert found is not None, "nobody noticed"
    print(f"{what}: operation {found}")  # noqa: T201 - how soon is the report


async def test_the_whole_compiler_is_not_caught(known: Known) -> None:
    asker = Asker(compiled(known.contract, known.services), known.owner)
    assert await first_difference(known, asker, WHOLE) is None
