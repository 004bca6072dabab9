"""Sizes, names and places of imports: what the linters do not say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("kernel", "tenants", "authz", "programmes", "graphql_api", "workers", "migrations", "cli")
MODULE_LINES, FUNCTION_LINES = 300, 40
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
LOCK_FILES = ("requirements.lock", "requirements-oidc.lock", "requirements-dev.lock")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.relative_to(ROOT).parts:
                yield path


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def shown(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def parsed() -> Iterator[tuple[Path, ast.Module]]:
    for path in modules():
        yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def test_the_rules_below_look_at_something() -> None:
    assert len(list(modules())) > 50


def test_no_module_is_longer_than_300_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert [shown(path, length) for path, length in lengths.items() if length > MODULE_LINES] == []


def test_no_function_is_longer_than_40_lines() -> None:
    long = [
        shown(path, node.lineno)
        for path, tree in parsed()
        for node in functions(tree)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_no_function_imports() -> None:
    inside = [
        shown(path, inner.lineno)
        for path, tree in parsed()
        for node in functions(tree)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_no_module_is_named_after_nothing() -> None:
    named = [path for path in modules() if {part.removesuffix(".py") for part in path.parts} & FORBIDDEN_NAMES]
    assert [str(path.relative_to(ROOT)) for path in named] == []


def test_every_package_says_what_it_is() -> None:
    packages = {path.parent for path in modules()}
    silent = [
        str(package.relative_to(ROOT))
        for package in sorted(packages)
        if package.name != "versions"
        and not ((package / "__init__.py").exists() and (package / "__init__.py").read_text(encoding="utf-8").strip())
    ]
    assert silent == []


def test_every_module_of_pure_rules_opens_with_the_rule() -> None:
    silent = [
        shown(path, 1)
        for path, tree in parsed()
        if (path.stem == "rules" or path.parent.name == "rules") and not ast.get_docstring(tree)
    ]
    assert silent == []


@pytest.mark.parametrize("name", [*LOCK_FILES, "package-lock.json"])
def test_a_lock_file_names_no_host(name: str) -> None:
    paths = [path for path in ROOT.rglob(name) if not {".venv", "node_modules"} & set(path.parts)]
    assert paths or name not in LOCK_FILES
    named = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines() if is_address(line)]
    assert named == []


def is_address(line: str) -> bool:
    """A registry's address; the home page of a funding notice is none."""
    return (
        bool(re.search(r"https?://|--index-url|--find-links", line)) and "funding" not in line and '"url"' not in line
    )


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    requirements = re.findall(r"^([A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?)(.*)$", text, re.MULTILINE)
    unpinned = [package for package, rest in requirements if not re.match(r"==\S+( ;[^\\]*)? \\$", rest)]
    assert (unpinned, text.count("--hash=sha256:") > len(requirements)) == ([], True)
