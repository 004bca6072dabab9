"""What is sealed or masked can be neither filtered by, sorted by nor read through the contract; to see it is an act of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary
from sqlalchemy.sql.visitors import iterate

from authz import enforcer
from authz.roles import Role
from authz.scope import WriteScope
from cli.demo.offices import Offices
from graphql_api.filters import FilterField
from graphql_api.reads import ColumnRead, ExpressionRead
from graphql_api.registry import Bound
from graphql_api.schema import build
from kernel.audit import AuditEntry
from kernel.errors import Failure
from programmes.people.service import create_person, reveal_person
from tests.authz.world import actor, tenant
from tests.personal_data.climb import NUMBERS, PHONES, rows
from tests.programmes.people import facts

REGISTRY = build(b"s" * 32).registry
REVEALING = {Role.CLERK, Role.RECOMMENDER, Role.REVIEWER, Role.INVESTIGATOR, Role.FINANCE_CLERK}


def bounds() -> Iterator[tuple[str, Bound]]:
    for kind, fields in REGISTRY.fields.items():
        for name, bound in fields.items():
            yield f"{kind}.{name}", bound


def columns_in(expression: Any) -> set[Column[Any]]:
    return {part for part in iterate(expression) if isinstance(part, Column)}


MASKED = {
    column
    for _, bound in bounds()
    if isinstance(bound.read, ExpressionRead) and bound.read.clear is not None
    for column in columns_in(bound.read.clear)
}


def is_hidden(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary) or column.name.endswith("_hint") or column in MASKED


def filtered(field: FilterField) -> set[Column[Any]]:
    """The columns of the condition."""
    assert field.condition is not None
    return columns_in(field.condition.on(None))


def test_the_masked_columns_are_these() -> None:
    assert {f"{column.table.name}.{column.name}" for column in MASKED} == {
        "person.ethnicity",
        "person.political_status",
        "application.unit_opinion",
        "application.opinion",
        "application.rank",
        "application.exception_approver",
    }


def test_no_order_of_any_list_uses_a_hidden_column() -> None:
    ordered = {
        f"{where} by {term.column}": term.column
        for where, bound in bounds()
        if bound.ordering is not None
        for term in bound.ordering.terms
    }
    assert len(ordered) > 50
    assert [where for where, column in ordered.items() if is_hidden(column)] == []


def test_no_filter_of_any_list_uses_a_hidden_column() -> None:
    used = {
        f"{where}(filter.{name})": filtered(field) for where, bound in bounds() for name, field in bound.filters.items()
    }
    assert len(used) > 30
    assert [where for where, columns in used.items() if any(is_hidden(column) for column in columns)] == []


def test_no_field_reads_a_sealed_value_or_an_index() -> None:
    read = {where: bound.read.column for where, bound in bounds() if isinstance(bound.read, ColumnRead)}
    assert len(read) > 200
    assert [where for where, column in read.items() if isinstance(column.type, LargeBinary)] == []


@pytest.mark.parametrize("role", list(Role))
def test_what_is_masked_is_shown_to_those_who_may_reveal_and_to_nobody_else(role: Role) -> None:
    shown = {
        bound.name: bound.read.unless(actor(tenant("city"), role))
        for _, bound in bounds()
        if isinstance(bound.read, ExpressionRead) and bound.read.unless is not None
    }
    blind = {"unitOpinion", "opinion", "rank", "exceptionApprover"}
    assert {name: seen for name, seen in shown.items() if name not in blind} == dict.fromkeys(
        ("ethnicity", "politicalStatus"), role in REVEALING
    )
    reads_cases = {row.role for row in enforcer.current().rows_for("case:read") if row.rel != "assigned"}
    assert {name: shown[name] for name in blind} == dict.fromkeys(blind, role.value in reads_cases)
    assert "expert" not in reads_cases


async def test_revealing_is_a_right_of_few_roles_and_leaves_one_entry_each(offices: Offices) -> None:
    async with offices.acting("wuhou.clerk") as scope:
        person = await create_person(scope, facts(), id_number=NUMBERS[0], phone=PHONES[0])
        home = scope.actor.tenant
    allowed: set[Role] = set()
    refusals: set[str] = set()
    for role in Role:
        async with offices.app.write(home.id) as session:
            scope = WriteScope(session, actor(home, role), offices.clock)
            try:
                shown = await reveal_person(scope, person.id, reason=f"核对身份 {role}")
            except Failure as failure:
                refusals.add(failure.code)
                continue
            assert (shown.id_number, shown.phone) == (NUMBERS[0], PHONES[0])
            allowed.add(role)
    assert (allowed, refusals) == (REVEALING, {"NOT_PERMITTED"})
    entries = await rows(offices, "wuhou.clerk", AuditEntry, act="person:reveal")
    assert [(entry.object_id, entry.after) for entry in entries] == [
        (person.id, {"reason": f"核对身份 {role}"}) for role in Role if role in REVEALING
    ]
