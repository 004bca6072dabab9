"""What the files of this folder ask: `make test` two thousand operations in all, `JIANGTI_NIGHTLY=1` as many as JIANGTI_OPERATIONS says.

A file is a quarter, so that several test processes share them; a seed is 520 operations, so that one that failed is soon found again.
"""

import os

import pytest

from tests.graphql_api.compiled.trial import Trial
from tests.graphql_api.compiled.ways import ways

NIGHTLY = os.environ.get("JIANGTI_NIGHTLY") == "1"
OF_A_SEED = 520
QUARTERS = 4
OPERATIONS = int(os.environ.get("JIANGTI_OPERATIONS") or (100_000 if NIGHTLY else QUARTERS * OF_A_SEED))
PATIENCE = pytest.mark.timeout(6 * 3600 if NIGHTLY else 300)
FEATURES = {
    *("@skip", "@include", "both directives", "a condition's default"),
    *("an alias", "an alias to keep apart", "a field merged", "__typename"),
    *("a fragment on a type", "a fragment on an interface", "a fragment spread again"),
    *("an inline fragment", "an inline fragment on a type", "an inline fragment on an interface"),
    *("a variable", "a variable used twice", "a variable's default", "a variable left to its default"),
    *("a variable left out", "a null variable", "null", "a whole float", "one value for a list"),
    *("several operations", "no keyword"),
    *(f"scalar {name}" for name in ("ID", "String", "Int", "Boolean", "Date", "DateTime")),
}
"""Ways of asking, each of which every seed uses."""


def seeds(quarter: int) -> range:
    """Those of one of the files."""
    each = max(1, OPERATIONS // QUARTERS // OF_A_SEED)
    return range(quarter * 1_000_000, quarter * 1_000_000 + each)


async def require_equality(both: Trial, seed: int) -> None:
    """Every operation of the seed is answered alike, and they reach everywhere."""
    generator = both.generator(seed)
    before = (both.asked, both.answered, both.compiled)
    for number, operation in enumerate(generator.draws(OF_A_SEED)):
        difference = await both.compare(operation)
        if difference is not None:
            pytest.fail(f"seed {seed}, operation {number}\n{await both.shrunk(difference)}", pytrace=False)
    assert not both.unforeseen, both.unforeseen
    wanted = {*ways(both.registry.schema), *FEATURES}
    untried = sorted(name for name in wanted if not generator.tally[name])
    assert not untried, untried
    asked, answered, compiled = both.asked - before[0], both.answered - before[1], both.compiled - before[2]
    assert answered > 0.65 * asked, both.refused
    assert compiled > 0.55 * asked, both.reasons
