import orjson
from graphql import validate_schema

from graphql_api.contract import FOLDER, contract_files
from graphql_api.schema import build
from graphql_api.sources import ManyRead, OneRead


def test_the_generated_files_are_what_the_server_says() -> None:
    stale = {
        name
        for name, text in contract_files().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != text
    }
    assert stale == set(), "run `python -m graphql_api.contract`"


def test_the_schema_is_valid() -> None:
    assert validate_schema(build(b"").executable) == []


def test_every_relation_has_a_source_behind_it() -> None:
    registry = build(b"").registry
    bare = [
        f"{kind}.{name}"
        for kind, fields in registry.fields.items()
        for name, bound in fields.items()
        if isinstance(bound.read, OneRead | ManyRead) and bound.target is None
    ]
    assert bare == []


def test_every_code_has_two_sentences() -> None:
    errors = orjson.loads(contract_files()["errors.json"])
    assert {code for code, told in errors.items() if not told["zh"] or not told["en"]} == set()
    assert {"NOT_SIGNED_IN", "STALE_VERSION", "QUERY_TOO_COMPLEX"} <= set(errors)
