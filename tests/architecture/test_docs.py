"""What the documents say of the code is so. `docs/states.md` is written by `PYTHONPATH=. .venv/bin/python -m tests.architecture.test_docs`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from authz.stages import EDITION, stage_name
from programmes.applications.rules.transitions import (
    CLOSED,
    PREVIOUS,
    STAGE_END,
    TABLE,
    Desk,
    State,
    Transition,
    permission_word,
)
from programmes.applications.words import act_name
from programmes.catalogue.loader import shipped_rulebooks
from programmes.catalogue.rules import editions
from programmes.handovers.rules import STEPS, Direction
from programmes.handovers.words import STEP_NAMES

ROOT = Path(__file__).parent.parent.parent
STATES = ROOT / "docs" / "states.md"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "frontend_contract" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
HEAD = """# States and acts

Generated from `programmes/applications/rules/transitions.py`, `programmes/handovers/rules.py` and `programmes/catalogue/rules/editions.py` by
`PYTHONPATH=. .venv/bin/python -m tests.architecture.test_docs`; a test fails when it is stale. Do not edit it.
"""
ABOUT_CASES = """
## Cases

One row for each desk, act and source. *before the stage* means: wherever the stage before this one, in the edition's own rulebook, ends (second table).
An act of a stage that the edition does not have does not exist for its cases. *stays* means that the act is recorded and the state is unchanged.
"""
ABOUT_STAGES = """
Where a case stands when a stage is over, and the stages of the shipped rulebooks in their order:
"""
ABOUT_HANDOVERS = """
## Handovers

Each side has its own record and takes only the steps of its own side; what the other side did arrives as a letter.
"""
ABOUT_EDITIONS = """
## Editions
"""


def states_page() -> str:
    """The whole of `docs/states.md`."""
    closed = "、".join(f"{stage_name('case', state)} `{state}`" for state in State if state in CLOSED)
    return "\n".join(
        [
            HEAD + ABOUT_CASES,
            *_table("desk | act | from | to | stage | permission", map(_case_row, TABLE)),
            f"\nClosed, so no longer in progress here (a withdrawn case may still arrive anew): {closed}.",
            ABOUT_STAGES,
            *_table("stage | ends in", (f"`{stage}` | `{state}`" for stage, state in STAGE_END.items())),
            "",
            *_table("rulebook | version | stages", _stage_rows()),
            ABOUT_HANDOVERS,
            *_table("side | step | from", _step_rows()),
            ABOUT_EDITIONS,
            *_table("act | from | to", _edition_rows()),
            "",
        ]
    )


def _table(head: str, rows: Iterator[str]) -> list[str]:
    return [f"| {head} |", "|" + " --- |" * (head.count("|") + 1), *(f"| {row} |" for row in rows)]


def _case_row(row: Transition) -> str:
    source = "*before the stage*" if row.sources == PREVIOUS else _states(frozenset(map(State, row.sources)))
    target = "*stays*" if row.target is None else f"{stage_name('case', row.target)} `{row.target}`"
    stage = f"`{row.stage}`" if row.stage else ""
    return (
        f"`{row.desk}` | {act_name(row.act)} `{row.act}` | {source} | {target} | {stage} | `{permission_word(row.act)}`"
    )


def _states(states: frozenset[State]) -> str:
    return "、".join(f"{stage_name('case', state)} `{state}`" for state in State if state in states)


def _stage_rows() -> Iterator[str]:
    for book in shipped_rulebooks():
        yield f"{book.title_name} `{book.programme}` | {book.version} | {' → '.join(stage.code for stage in book.stages)}"


def _step_rows() -> Iterator[str]:
    side = {Direction.OUTGOING: "below (outgoing)", Direction.INCOMING: "above (incoming)"}
    for (direction, step), states in STEPS.items():
        said = "、".join(f"{stage_name('handover', state)} `{state}`" for state in sorted(states))
        yield f"{side[direction]} | {STEP_NAMES[step]} `{step}` | {said}"


def _edition_rows() -> Iterator[str]:
    for act in get_args(editions.Act):
        found = {state: editions.next_state(state, act) for state in EDITION}
        sources = "、".join(f"{name} `{state}`" for state, name in EDITION.items() if found[state])
        (target,) = {state for state in found.values() if state}
        yield f"`{act}` | {sources} | {EDITION[target]} `{target}`"


def test_the_page_of_states_is_what_the_tables_say() -> None:
    assert STATES.read_text(encoding="utf-8") == states_page()


def test_every_desk_is_described() -> None:
    assert {row.desk for row in TABLE} == set(Desk)


def test_every_link_between_the_documents_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_file_that_a_document_names_exists() -> None:
    packages = "kernel|tenants|authz|programmes|graphql_api|workers|migrations|cli|tests|frontend_contract|docs|scripts"
    named = re.compile(rf"`((?:{packages})/[\w./-]+)`")
    missing = [
        f"{page.relative_to(ROOT)}: {path}"
        for page in PAGES
        for path in named.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / path).exists()
    ]
    assert missing == []


def test_every_variable_is_described_and_no_other() -> None:
    read = (ROOT / "kernel" / "settings.py").read_text(encoding="utf-8")
    binaries = (ROOT / "kernel" / "postgres" / "binaries.py").read_text(encoding="utf-8")
    known = {*re.findall(r'"(JIANGTI_[A-Z_]+|DATABASE_URL)"', read), *re.findall(r'"(PG_BIN)"', binaries)}
    described = re.findall(
        r"^\| `(\w+)` \|", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(name for name in described if name.isupper()) == sorted(known)


if __name__ == "__main__":
    STATES.write_text(states_page(), encoding="utf-8")
