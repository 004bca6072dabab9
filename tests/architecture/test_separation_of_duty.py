"""The table of `docs/separation-of-duty.md` speaks of every rule, of every constraint, and of tests that exist."""

import re
from pathlib import Path

from authz.masks import conditions

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "separation-of-duty.md").read_text("utf-8")


def test_every_rule_of_the_domain_has_its_row() -> None:
    assert re.findall(r"^\| (D\d+) ", TABLE, re.MULTILINE) == [f"D{number}" for number in range(1, 19)]


def test_every_test_it_names_exists() -> None:
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", TABLE))
    assert {name for name in named if f"def {name}(" not in written} == set()


def test_every_constraint_between_duties_is_named() -> None:
    named = set(re.findall(r"`(?:ck_duty_mask|…)_(\w+)`", TABLE))
    assert {name for name in conditions() if name not in named and name.partition("_")[2] not in named} == set()
