import subprocess
import sys

import orjson
from graphql import validate_schema

from graphql_api.contract import FOLDER, ROOT
from graphql_api.reads import ManyRead, OneRead
from graphql_api.schema import build


def test_the_generated_files_are_what_the_server_says() -> None:
    """In a process of its own, where only the product's modules declare anything."""
    command = [sys.executable, "-m", "graphql_api.contract", "--check"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, ""), f"run `python -m graphql_api.contract` {checked.stderr}"


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
    errors = orjson.loads((FOLDER / "errors.json").read_bytes())
    assert {code for code, told in errors.items() if not told["zh"] or not told["en"]} == set()
    assert {"NOT_SIGNED_IN", "STALE_VERSION", "QUERY_TOO_COMPLEX"} <= set(errors)
