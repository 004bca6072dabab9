"""The compiler, damaged: a copy of its package under another name with one text in it changed."""

import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import ModuleType

from graphql_api.compiled import compiler

PACKAGE = Path(str(compiler.__file__)).parent
_NUMBERS = count(1)


@dataclass(frozen=True)
class Mutant:
    """In which module what is replaced by what."""

    module: str
    old: str
    new: str


MUTANTS: dict[str, Mutant] = {
    "a mask is not applied": Mutant(
        "layout",
        "plan.columns[label(bound)] = shown(read, self.actor)",
        "plan.columns[label(bound)] = read.expression if read.clear is None else read.clear",
    ),
    "a mask is applied to everybody": Mutant(
        "layout", "plan.columns[label(bound)] = shown(read, self.actor)", "plan.columns[label(bound)] = read.expression"
    ),
    "a list shows what its predicate hides": Mutant(
        "sql",
        "    base = statements.page(related, actor).subquery()\n",
        "    source = related.plan.source\n"
        "    hidden, source.visible = source.visible, None\n"
        "    base = statements.page(related, actor).subquery()\n"
        "    source.visible = hidden\n",
    ),
    "a child shows what its predicate hides": Mutant(
        "sql",
        "        found = statements.beside(place.plan, actor, read, parent.columns).lateral()\n",
        "        hidden, place.plan.source.visible = place.plan.source.visible, None\n"
        "        found = statements.beside(place.plan, actor, read, parent.columns).lateral()\n"
        "        place.plan.source.visible = hidden\n",
    ),
    "the order of a list is turned": Mutant(
        "sql", "descending != backwards) for term", "descending == backwards) for term"
    ),
    "a root's alias is lost": Mutant(
        "operation", "self._root(kind, name, fields)", "self._root(kind, fields[0].name.value, fields)"
    ),
    "a field's alias is lost": Mutant(
        "layout",
        "{self.code.constant(name)}: {self._field(level, place, fields)}",
        "{self.code.constant(fields[0].name.value)}: {self._field(level, place, fields)}",
    ),
    "null is shown as missing": Mutant(
        "layout",
        '        return "{" + ", ".join(parts) + "}"\n\n    def _field',
        '        return "{k: v for k, v in {" + ", ".join(parts) + "}.items() if v is not None}"\n\n    def _field',
    ),
    "a page is not cut": Mutant("flats", "kept = records[: self.size]", "kept = records"),
    "a page backwards is not turned": Mutant("flats", "kept[::-1] if self.backwards else kept", "kept"),
    "there is always a next page": Mutant(
        "flats", "more = len(records) > self.size", "more = len(records) >= self.size"
    ),
    "next and previous are exchanged": Mutant(
        "flats",
        "(self.has_before, more) if self.backwards else (more, self.has_after)",
        "(more, self.has_before) if self.backwards else (self.has_after, more)",
    ),
    "a condition's value is not of the shape": Mutant(
        "variables",
        "found |= {str(value.name.value): _itself for value in values",
        "found |= {str(value.name.value): _presence for value in values",
    ),
    "a page's size is not of the shape": Mutant(
        "variables", "use = _itself if item.name.value in _SIZES", "use = _presence if item.name.value in _SIZES"
    ),
    "a node's type is not of the shape": Mutant(
        "variables", 'else _type_in if field.name.value == "node" else _presence', "else _presence"
    ),
    "roles are not of the actor's shape": Mutant("actors", "        actor.roles,\n", ""),
    "a token's range is not of the actor's shape": Mutant("actors", "        actor.only,\n", ""),
    "the first tenant stays bound": Mutant("actors", '    known["id"] = TENANT_ID\n', ""),
    "another union's row is looked for here": Mutant(
        "sql",
        "TENANTS if read is not None and read.tenant is not None else ()",
        "KEYS if read is not None and read.tenant is not None else ()",
    ),
    "a child's count is lost": Mutant("flats", "totals.get(parent, 0))", "0)"),
    "what was shown is not recorded": Mutant("flats", "for note in self.notes:", "for note in ():"),
    "a variable's default is forgotten": Mutant("variables", "elif default is not Undefined:", "elif False:"),
    "a null stands for a default": Mutant(
        "variables",
        "                    values[name] = None\n",
        "                    values[name] = None if default is Undefined else default\n",
    ),
    "an instant is shown to the second": Mutant("code", 'timespec="milliseconds"', 'timespec="seconds"'),
    "an id is shown as another type's": Mutant("code", "encode_id(type_name, key)", 'encode_id("Person", key)'),
    "a type's name is its table's": Mutant(
        "layout",
        '        if name == "__typename":\n            return self.code.constant(kind.name)\n        bound',
        '        if name == "__typename":\n            return self.code.constant(place.plan.source.table.name)\n        bound',
    ),
    "a cursor's first part is all of it": Mutant("arguments", "positions(env)[number]", "positions(env)[0]"),
    "a filter's value is taken as it comes": Mutant("arguments", "return condition.prepare(value)", "return value"),
    "a filter is left out": Mutant(
        "arguments",
        "return page, chosen",
        "return page, None",
    ),
    "what is computed goes to the wrong row": Mutant(
        "flats", "zip(rows, values, strict=True)]", "zip(rows, list(values)[::-1], strict=True)]"
    ),
}


@contextmanager
def damaged(mutant: Mutant, folder: Path) -> Generator[ModuleType]:
    """The module `compiler` of the damaged copy; the text must stand there exactly once."""
    name = f"damaged_{next(_NUMBERS)}"
    (folder / name).mkdir()
    for file in PACKAGE.glob("*.py"):
        text = file.read_text(encoding="utf-8")
        if file.stem == mutant.module:
            if text.count(mutant.old) != 1:
                message = f"{mutant.module} does not hold this once: {mutant.old}"
                raise LookupError(message)
            text = text.replace(mutant.old, mutant.new)
        (folder / name / file.name).write_text(text.replace("graphql_api.compiled", name), encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        yield importlib.import_module(f"{name}.compiler")
    finally:
        sys.path.remove(str(folder))
        for loaded in [each for each in sys.modules if each.partition(".")[0] == name]:
            del sys.modules[loaded]
