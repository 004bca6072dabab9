"""The vocabularies agree with one another and with the transition table of the cases."""

from itertools import combinations

import pytest

from authz import enforcer
from authz.duties import EXCLUSIONS, Duty, duty_of, relation_of
from authz.names import ACT_NAMES, KIND_NAMES, LEVEL_NAMES, RELATION_NAMES, ROLE_NAMES
from authz.permissions import Permission
from authz.relations import DESK_RELATIONS, PERSON_RELATIONS, RELATIONS
from authz.roles import Role
from authz.stages import CASE, STAGES
from programmes.applications.rules.transitions import TABLE, Desk, State, find_transition, permission_word
from tenants.levels import standard_levels

ALWAYS_BARRED = {"is_subject", "recused", "is_self_account"}
STAGE_ORDER = (
    "call",
    "apply",
    "recommend",
    "formal_review",
    "itemised_scoring",
    "review_meeting",
    "party_group",
    "public_notice",
    "announce",
    "name_directly",
    "cultivate",
    "assess",
    "certify",
)


def test_every_word_has_its_chinese_name() -> None:
    assert set(ROLE_NAMES) == set(Role)
    assert set(KIND_NAMES) == {permission.kind for permission in Permission} == set(STAGES)
    assert set(ACT_NAMES) == {permission.act for permission in Permission}
    assert set(LEVEL_NAMES) == {level.code for level in standard_levels()}
    assert set(RELATION_NAMES) == PERSON_RELATIONS
    assert set(CASE) == {state.value for state in State}


def test_the_deny_rows_are_the_table_of_exclusions() -> None:
    denied: dict[str, set[str]] = {}
    for row in enforcer.current().rows:
        if row.eft == "deny" and row.rel not in ALWAYS_BARRED:
            denied.setdefault(row.permission, set()).add(row.rel)
    assert denied == {permission: set(words) for permission, words in EXCLUSIONS.items()}


def test_every_duty_that_bars_is_written_down_by_some_act_or_is_a_fact() -> None:
    written = {relation_of(duty) for permission in Permission if (duty := duty_of(permission.value)) is not None}
    barring = {word for words in EXCLUSIONS.values() for word in words}
    assert barring - written == {"self_created"}
    assert {relation_of(duty) for duty in Duty} <= RELATIONS


def allowed_stages(permission: str, relations: set[str]) -> set[str]:
    rows = [row for row in enforcer.current().rows_for(permission) if row.eft == "allow" and row.rel in relations]
    return {row.stage for row in rows}


def pipelines() -> list[list[str]]:
    """Every edition that could be: any of the optional stages left out, in the one order."""
    optional = [stage for stage in STAGE_ORDER if stage not in {"call", "apply", "recommend"}]
    return [
        [stage for stage in STAGE_ORDER if stage not in left_out]
        for count in range(len(optional) + 1)
        for left_out in combinations(optional, count)
    ]


def test_whatever_the_transition_table_knows_somebody_may_do() -> None:
    """In each state, at each desk, in every edition that could be, an act of the table has a policy row for it."""
    asked: set[tuple[str, str, str]] = set()
    for stages in pipelines():
        for row in TABLE:
            for state in State:
                if find_transition(row.act, row.desk, state, stages) is row:
                    asked.add((permission_word(row.act), row.desk.value, state.value))
    missing = [
        (permission, desk, state)
        for permission, desk, state in sorted(asked)
        if not allowed_stages(permission, {"holder", DESK_RELATIONS[desk], "assigned"}) & {"*", state}
    ]
    assert missing == []
    assert len(asked) > 60


@pytest.mark.parametrize("desk", list(Desk))
def test_a_desk_has_no_act_that_the_table_gives_only_to_another(desk: Desk) -> None:
    own = {permission_word(row.act) for row in TABLE if row.desk is desk}
    rows = [
        row
        for row in enforcer.current().rows
        if row.typ == "case" and row.rel == DESK_RELATIONS[desk] and row.eft == "allow"
    ]
    acts = {row.permission for row in rows if row.act not in {"read", "list"}}
    assert acts - own == set()
