"""The contract's habits, checked on the schema itself: what may be null, what every mutation takes and gives, what each refusal says."""

import string
from typing import Any

import orjson
import pytest
from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLNonNull, GraphQLObjectType, GraphQLScalarType

from graphql_api.contract import FOLDER
from graphql_api.reads import ColumnRead, ManyRead, OneRead, ReturnedRead
from graphql_api.schema import build
from graphql_api.shapes import is_connection, is_list, named_type

SCHEMA, REGISTRY = build(b"").executable, build(b"").registry
WITHOUT_KEY = {
    "actAsDeputy": "each taking up is a session of its own",
    "actAsSubstitute": "each taking up is a session of its own",
    "enterUnion": "each visit is a session of its own",
    "leaveUnion": "takes nothing at all",
    "openCaseBelow": "each visit is a session of its own",
    "beginSecondFactor": "each secret replaces the one before it",
    "changeOwnPassword": "needs the old password, which is another one afterwards",
    "completeSignIn": "a challenge is good once",
    "confirmSecondFactor": "a code is good once",
    "redeemTicket": "a ticket is good once",
    "createApiToken": "its text is shown once and never kept to be shown again",
    "exportPerson": "shows something each time, and each showing is audited",
    "revealComplainant": "shows something each time, and each showing is audited",
    "revealPerson": "likewise",
    "revokeSession": "ending a session twice ends it once",
    "signIn": "each sign-in is a session of its own",
    "signOut": "takes nothing at all",
    "switchTenant": "each switch is a session of its own",
}
"""Mutations without an idempotency key, with the reason."""

NULLABLE_LEAVES: dict[str, str] = {}
"""Values that may be null although their column may not, with the reason."""


def shown(kind: Any) -> str:
    return str(kind)


def mutation_fields() -> dict[str, Any]:
    root = SCHEMA.mutation_type
    assert root is not None
    return dict(root.fields)


def test_every_mutation_takes_one_input_with_an_idempotency_key() -> None:
    without: set[str] = set()
    for name, described in mutation_fields().items():
        assert set(described.args) <= {"input"}, name
        given = described.args.get("input")
        fields = {} if given is None else named_type(given.type).fields
        assert given is None or isinstance(given.type, GraphQLNonNull), name
        key = fields.get("idempotencyKey")
        if key is None:
            without.add(name)
        else:
            assert shown(key.type) == "String!", name
    assert without == set(WITHOUT_KEY)


def test_every_mutation_gives_a_payload_with_errors_and_what_may_be_missing() -> None:
    for name, described in mutation_fields().items():
        payload = named_type(described.type)
        assert isinstance(described.type, GraphQLNonNull), name
        assert [interface.name for interface in payload.interfaces] == ["Payload"], name
        assert payload.name.endswith("Payload"), name
        assert shown(payload.fields["errors"].type) == "[UserError!]!", name
        for field, bound in REGISTRY.fields[payload.name].items():
            if isinstance(bound.read, ReturnedRead):
                assert not isinstance(payload.fields[field].type, GraphQLNonNull), (name, field)


def test_every_root_may_be_null_so_that_one_failure_leaves_the_rest() -> None:
    root = SCHEMA.query_type
    assert root is not None
    strict = {name for name, described in root.fields.items() if isinstance(described.type, GraphQLNonNull)}
    assert strict - {"nodes"} == set()
    assert shown(root.fields["nodes"].type) == "[Node]!"


@pytest.mark.parametrize("type_name", sorted(REGISTRY.sources))
def test_relations_may_be_null_and_values_are_so_only_where_their_columns_are(type_name: str) -> None:
    kind = REGISTRY.types[type_name]
    for name, bound in REGISTRY.fields[type_name].items():
        output, place = kind.fields[name].type, f"{type_name}.{name}"
        strict = isinstance(output, GraphQLNonNull)
        if isinstance(bound.read, OneRead):
            assert not strict, place
        elif isinstance(bound.read, ManyRead):
            assert strict, place
            assert is_connection(named_type(output)) or shown(output).endswith("!]!"), place
        elif isinstance(bound.read, ColumnRead):
            assert strict == (not bound.read.column.nullable) or place in NULLABLE_LEAVES, place
            assert not is_list(output) or shown(output).removesuffix("!").endswith("!]"), place


def test_every_connection_is_a_page_as_relay_knows_it() -> None:
    for kind in SCHEMA.type_map.values():
        if isinstance(kind, GraphQLObjectType) and is_connection(kind):
            edge = named_type(kind.fields["edges"].type)
            assert shown(kind.fields["edges"].type) == f"[{edge.name}!]!"
            assert (shown(kind.fields["pageInfo"].type), shown(kind.fields["totalCount"].type)) == ("PageInfo!", "Int")
            assert shown(edge.fields["cursor"].type) == "String!"
            assert isinstance(edge.fields["node"].type, GraphQLNonNull)


def test_every_scalar_of_ours_says_where_it_is_specified() -> None:
    ours = [kind for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLScalarType)]
    plain = {"Boolean", "ID", "Int", "String", "Float"}
    assert [kind.name for kind in ours if kind.name not in plain and not kind.specified_by_url] == []
    assert "Float" not in {kind.name for kind in ours}


def test_every_type_and_mutation_is_described() -> None:
    kinds = (GraphQLObjectType, GraphQLEnumType, GraphQLInterfaceType)
    silent = [
        kind.name
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, kinds)
        and not kind.description
        and not kind.name.startswith("__")
        and not kind.name.endswith(("Payload", "Connection", "Edge"))
    ]
    assert silent == []
    assert [name for name, described in mutation_fields().items() if not described.description] == []


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


ENGLISH_BY_CODES = {
    "ENDED_BY_ITS_OWN_ACT",
    "CHECK_MISSING",
    "DUTY_CONFLICT",
    "ERASURE_STILL_NEEDED",
    "GATE_NOT_MET",
    "GRANT_EXCEEDS_OWN",
    "GRANT_NEEDS_SECOND_FACTOR",
    "IS_SUBJECT",
    "ITEM_MISSING",
    "NOT_PERMITTED",
    "OUTSIDE_VISIT",
    "OWN_ACCOUNT",
    "POINTS_ABOVE_MAXIMUM",
    "RECUSED",
    "ROLE_IS_PERSONAL",
    "ROLE_NOT_LENT",
    "SCALE_INCOMPLETE",
    "SECOND_FACTOR_REQUIRED",
    "TIGHTENED",
}
"""Refusals whose values carry both the Chinese name and the code of a thing; the English sentence names it by its code."""


def test_both_sentences_of_a_refusal_speak_of_the_same_values() -> None:
    told = orjson.loads((FOLDER / "errors.json").read_bytes())
    different = {code for code, each in told.items() if placeholders(each["zh"]) != placeholders(each["en"])}
    assert different == ENGLISH_BY_CODES
    assert [code for code, each in told.items() if not any("\u4e00" <= sign <= "\u9fff" for sign in each["zh"])] == []
