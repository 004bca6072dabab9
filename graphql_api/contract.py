"""Writes what `frontend_contract/` says of the server: `python -m graphql_api.contract`. A test fails when the files are stale."""

import importlib
import sys
from enum import Enum
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLEnumType, lexicographic_sort_schema, print_schema

from graphql_api.schema import build
from kernel.errors import CATALOGUE

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "frontend_contract"
_PACKAGES = ("kernel", "tenants", "authz", "programmes", "graphql_api")


def contract_files() -> dict[str, str]:
    """The generated files by name, as they should be."""
    schema = build(b"").executable
    enums = {name: kind for name, kind in sorted(schema.type_map.items()) if isinstance(kind, GraphQLEnumType)}
    return {
        "schema.graphql": print_schema(lexicographic_sort_schema(schema)) + "\n",
        "errors.json": _json(_errors()),
        "enums.json": _json({name: _values(kind) for name, kind in enums.items() if not name.startswith("__")}),
    }


def _errors() -> dict[str, Any]:
    for package in _PACKAGES:
        for file in sorted((ROOT / package).glob("**/*.py")):
            if not file.stem.startswith("__"):
                importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    return {
        code: {"family": reason.family.value, "zh": reason.zh, "en": reason.en}
        for code, reason in sorted(CATALOGUE.items())
    }


def _values(kind: GraphQLEnumType) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "value": value.value.value if isinstance(value.value, Enum) else value.value,
            "description": value.description,
        }
        for name, value in kind.values.items()
    }


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def stale_files(folder: Path = FOLDER) -> dict[str, str]:
    """The generated files that are missing or differ, as they should be."""
    return {
        name: text
        for name, text in contract_files().items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    }


def main(arguments: list[str]) -> int:
    """Write what is stale; with `--check` only name it, and fail."""
    stale = stale_files()
    is_check = "--check" in arguments
    for name, text in stale.items():
        print(name)  # noqa: T201 - a command prints
        if not is_check:
            (FOLDER / name).parent.mkdir(exist_ok=True)
            (FOLDER / name).write_text(text, encoding="utf-8")
    return int(is_check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
