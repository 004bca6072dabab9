"""When a case is over and since when it was kept long enough; and what becomes of every column that may speak of a person."""

from datetime import datetime

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, Table

from kernel.clock import CHINA
from migrations.models import metadata
from programmes.applications.rules.transitions import CLOSED, State
from programmes.people.service import REFERS
from programmes.retention.rules.periods import ENDS, RecordKind, kind_of, over_before
from programmes.retention.rules.treatments import KEPT, LINE, STRUCK, TREATMENTS

SPEAKING = (String, JSON, LargeBinary)
"""Kinds of columns that can hold what somebody wrote; days, keys, numbers and yes-or-no cannot."""


@pytest.mark.parametrize(
    ("state", "above", "edition", "kind"),
    [
        ("removed", None, "announced", RecordKind.UNSELECTED_CASE),
        ("withdrawn", None, "open", RecordKind.WITHDRAWN_CASE),
        ("failed", None, "closed", RecordKind.ENDED_CULTIVATION),
        ("recommended", "not_proposed", "announced", RecordKind.UNSELECTED_CASE),
        ("endorsed", "revoked", "closed", RecordKind.ENDED_CULTIVATION),
        ("recommended", "received", "closed", None),
        ("recommended", "certified", "closed", None),
        ("recommended", None, "cancelled", RecordKind.UNSELECTED_CASE),
        ("certified", None, "cancelled", None),
        ("certified", None, "closed", None),
        ("draft", None, "open", None),
        ("draft", None, "closed", RecordKind.WITHDRAWN_CASE),
        ("cultivating", None, "cultivating", None),
    ],
)
def test_what_a_case_is_once_it_is_over(state: str, above: str | None, edition: str, kind: RecordKind | None) -> None:
    assert kind_of(state, above, edition) == kind


def test_every_state_that_closes_a_case_ends_it() -> None:
    assert set(ENDS) == set(CLOSED)
    assert State.CERTIFIED not in ENDS


@pytest.mark.parametrize(
    ("now", "months", "before"),
    [
        ((2024, 6, 15), 24, (2022, 6, 15)),
        ((2024, 3, 31), 1, (2024, 2, 29)),
        ((2023, 3, 31), 1, (2023, 2, 28)),
        ((2024, 1, 10), 1, (2023, 12, 10)),
        ((2024, 12, 31), 18, (2023, 6, 30)),
    ],
)
def test_months_are_calendar_months(now: tuple[int, int, int], months: int, before: tuple[int, int, int]) -> None:
    assert over_before(datetime(*now, 9, tzinfo=CHINA), months) == datetime(*before, 9, tzinfo=CHINA)


def of_persons() -> dict[str, Table]:
    """The tables whose rows lead to a person: his own, and by the names of their columns."""
    return {
        f"{table.name}": table
        for table in metadata.sorted_tables
        if table.name in {"person", "application"} or any(name in table.c for name in REFERS)
    }


def speaking(table: Table) -> set[str]:
    return {f"{column.name}" for column in table.columns if isinstance(column.type, SPEAKING)}


def test_of_every_column_that_may_speak_of_a_person_it_is_said_what_becomes_of_it() -> None:
    """A new column of such a table fails here until it stands under TREATMENTS or, with its reason, under KEPT."""
    unsaid = {
        f"{name}.{column}"
        for name, table in of_persons().items()
        for column in speaking(table) - set(TREATMENTS.get(name, {})) - set(KEPT.get(name, {}))
    }
    assert unsaid == set()


def test_nothing_is_said_of_columns_that_do_not_exist_or_said_twice() -> None:
    tables = of_persons()
    said = {f"{name}.{column}" for given in (TREATMENTS, KEPT) for name in given for column in given[name]}
    real = {f"{name}.{column}" for name, table in tables.items() for column in speaking(table)}
    assert said - real == set()
    assert [name for name in TREATMENTS if set(TREATMENTS[name]) & set(KEPT.get(name, {}))] == []
    struck = {f"{table}.{column}" for table, columns in STRUCK.items() for column in columns}
    assert struck <= {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}
    assert set(LINE) <= speaking(metadata.tables["register_entry"])


OTHERS = {
    "announcement": "struck",
    "api_token": "of the staff",
    "audit_entry": "never changed; holds ids, states and numbers of documents, and why somebody asked for numbers or an export",
    "audit_mirror": "seals",
    "audit_pending": "no text",
    "audit_seal": "seals",
    "carried_duty": "hashes of the staff",
    "case_claim": "deleted with the case",
    "certificate_series": "numbers",
    "deputy_grant": "of the staff",
    "due_item": "words of the machinery",
    "duty_mask": "no text",
    "duty_record": "of the staff",
    "edition": "rules",
    "expert": "of the panel",
    "extra_unit": "of unions",
    "idempotency_key": "ids of what was made; gone after a week",
    "inbox_entry": "kinds of letters",
    "job": "emptied with the case, gone after a week",
    "meeting": "struck",
    "membership": "of the staff",
    "notice": "struck",
    "policy_tightening": "of the staff",
    "quota": "of unions",
    "read_entry": "who looked, by ids",
    "recommending_grant": "of unions",
    "register_entry": "LINE",
    "resolution": "struck",
    "retention_period": "the periods themselves",
    "sign_in_session": "of the staff",
    "substitution": "of the staff",
    "substitution_act": "of the staff; what they did it to stands there by id",
    "visit": "of the staff; the case of a visit stands there by ids",
}
"""Tenant tables that lead to no person by a key, with what that rests on."""


def test_every_other_table_has_a_reason() -> None:
    tenants = {f"{table.name}" for table in metadata.sorted_tables if "tenant_id" in table.c}
    assert tenants - set(of_persons()) == set(OTHERS)
    assert {name for name, reason in OTHERS.items() if reason == "struck"} == set(STRUCK) - {"studio"}


def test_what_becomes_nothing_may_be_null() -> None:
    strict = [
        f"{name}.{column}"
        for name, columns in TREATMENTS.items()
        for column, treatment in columns.items()
        if treatment.value == "nothing" and not _column(name, column).nullable
    ]
    assert strict == []


def _column(table: str, name: str) -> Column[object]:
    return metadata.tables[table].c[name]
