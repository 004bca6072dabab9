"""Compiled and normal execution are told apart by nothing: the second quarter of the operations."""

import pytest

from tests.graphql_api.compiled.equality import PATIENCE, require_equality, seeds
from tests.graphql_api.compiled.trial import Trial

pytestmark = PATIENCE


@pytest.mark.parametrize("seed", seeds(1))
async def test_both_answer_alike(both: Trial, seed: int) -> None:
    await require_equality(both, seed)
