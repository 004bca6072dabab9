"""Two countries are asked in turn and answer alike; how fast is nobody's to assert."""

from pathlib import Path

import pytest

from bench.country import country_in_use
from bench.country.probes import SMALL
from bench.scale import measure

pytestmark = pytest.mark.timeout(400)


def test_two_countries_answer_alike_and_the_tables_are_printed(tmp_path: Path) -> None:
    homes = [(tmp_path / "small", 40, 2_000), (tmp_path / "large", 400, 4_000)]
    for home, tenants, applications in homes:
        with country_in_use(home, tenants=tenants, applications=applications, probes=SMALL):
            pass
    latencies, pages, resident, equal = measure(homes[0][0], homes[1][0], rounds=1, seconds=0.1).split("\n\n")
    assert latencies.splitlines()[0] == "| median, ms | 40 unions | 400 unions | ratio (at most 1.2) |"
    assert len(latencies.splitlines()) == 2 + 13
    assert len(pages.splitlines()) == 2 + 2
    assert len(resident.splitlines()) == 2 + 2
    for row in equal.splitlines()[2:]:
        _, _name, small, large, _ = (cell.strip() for cell in row.split("|"))
        assert small == large, row
