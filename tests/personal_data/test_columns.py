"""Every column that can speak of a person says how the contract shows it: never, by its last digits, starred, or openly for a reason. A new one fails here."""

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Column, LargeBinary

from graphql_api.contract import FOLDER
from graphql_api.reads import ColumnRead, ComputedRead, ExpressionRead
from graphql_api.schema import build
from migrations.models import metadata
from programmes.retention.rules.treatments import LINE, TREATMENTS
from tests.personal_data.test_masks import MASKED, bounds, columns_in

REGISTRY = build(b"s" * 32).registry
NEVER = {
    "person.name_sort_key": "the name again, for the order of lists",
    "application.titles_held": "of the dossier",
    "application.route_so_far": "of the dossier",
    "reward_result.details": "of the document",
}
"""Of no field of the contract."""

_CASE = "what the deciding desks must read to decide; the case's own right to read is asked"
_DEED = "written by the staff about the case; shown with the case"
OPEN = {
    "person": "S1 of domain §7: name, employer, work; every reading is recorded",
    "application": _CASE,
    "assessment": _DEED,
    "assignment": _DEED,
    "case_act": _DEED,
    "consent": "the paper and the reason, to whoever may read the file",
    "cultivation_plan": _CASE,
    "cultivation_task": _CASE,
    "drift": "what a union below corrected in the copy that was passed; never ethnicity or political status",
    "erasure_request": "how he asked and what he was told, to whoever decides",
    "evidence": _CASE,
    "handover": "whose dossier it is, and why it was given back",
    "meeting_item": _DEED,
    "notice_item": "P: what a notice makes public, frozen",
    "objection": "the content, to investigator and panel; never who objected",
    "peer_letter": _CASE,
    "progress_report": _CASE,
    "register_entry": "what the holder agreed the register may say",
    "review_check": _DEED,
    "revocation": _DEED,
    "score_sheet": "to the panel",
    "studio": "named publicly",
}
"""Tables whose personal text is shown openly to those who may read the row, with the reason."""


def personal_columns() -> Iterator[Column[Any]]:
    """What is erased is personal: the same declaration says both."""
    for table, columns in {**TREATMENTS, "register_entry": LINE}.items():
        for name in columns:
            yield metadata.tables[table].c[name]


def shown(column: Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


READ_OPENLY = {bound.read.column for _, bound in bounds() if isinstance(bound.read, ColumnRead)}
READ_AT_ALL = READ_OPENLY | {
    column
    for _, bound in bounds()
    if isinstance(bound.read, ExpressionRead)
    for column in columns_in(bound.read.expression)
}


def test_every_personal_column_is_shown_as_it_is_declared() -> None:
    kinds: dict[str, set[str]] = {}
    for column in personal_columns():
        sealed = isinstance(column.type, LargeBinary)
        hint, masked = column.name.endswith("_hint"), column in MASKED
        if column in READ_OPENLY and not hint:
            assert not sealed, shown(column)
            assert not masked, f"{shown(column)} is starred in one field and open in another"
            kinds.setdefault("open", set()).add(column.table.name)
        elif not (sealed or hint or masked):
            kinds.setdefault("never", set()).add(shown(column))
    assert kinds["open"] == set(OPEN)
    assert kinds["never"] == set(NEVER)


def test_what_is_never_shown_is_read_by_no_field_and_no_computation() -> None:
    hidden = {
        column
        for column in personal_columns()
        if isinstance(column.type, LargeBinary) or column in MASKED or shown(column) in NEVER
    }
    needed = {
        f"{where} needs {shown(column)}"
        for where, bound in bounds()
        if isinstance(bound.read, ComputedRead)
        for column in bound.read.needs
        if column in hidden
    }
    assert needed == set()
    starred = {column for column in MASKED if column.table.name == "person"}  # the others are shown whole or not at all
    assert {shown(column) for column in READ_AT_ALL & hidden} == {shown(column) for column in starred}


def test_no_refusal_says_what_is_hidden() -> None:
    """The values that sentences of refusals carry have names; none is that of a sealed or starred column."""
    hidden = {column.name for column in personal_columns() if column in MASKED or isinstance(column.type, LargeBinary)}
    words = {word for name in hidden for word in (name, name.removesuffix("_sealed"), name.removesuffix("_index"))}
    told = orjson.loads((FOLDER / "errors.json").read_bytes())
    saying = {code for code, each in told.items() if any(f"{{{word}}}" in each["zh"] + each["en"] for word in words)}
    assert saying == set()


def test_readings_of_files_cases_and_requests_are_recorded() -> None:
    recorded = {name for name, source in REGISTRY.sources.items() if source.personal is not None}
    assert recorded == {"Application", "ErasureRequest", "Person"}
