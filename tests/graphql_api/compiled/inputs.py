"""Values for arguments: as literals, as variables, and as both mixed; given, null, left out, or left to a default."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
)

from tests.graphql_api.compiled.stock import Stock, kind_of_id

_TEXTS = ("", "张", "a'b\"c\\", "%", "_", "换\n行", "nul\0l", "𠅤", "ok")


@dataclass(frozen=True)
class Word:
    """An enum's value."""

    name: str


@dataclass(frozen=True)
class Variable:
    """A variable in place of a value."""

    name: str


@dataclass
class Inputs:
    """Makes the values of one operation; what it needs of variables is in `defined` and `given`."""

    chance: Random
    stock: Stock
    union: str
    tally: Counter[str]
    defined: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """By variable's name: its type and its default, as they are written."""
    given: dict[str, Any] = field(default_factory=dict[str, Any])
    makers: dict[str, Callable[[], Any]] = field(default_factory=dict[str, Callable[[], Any]])
    """By variable's name, what makes another value for it."""
    _known: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def argument(self, kind: GraphQLInputType, hint: str, wanted: str | None = None) -> str:
        """A value for an argument or a field called `Type.name`, as written in the document; `wanted`: the type whose id it takes."""
        return printed(self._value(kind, hint, wanted, variables=True))

    def exactly(self, kind: GraphQLInputType, make: Callable[[], Any]) -> str:
        """What `make` gives, as a literal or through a variable."""
        value = make()
        if self.chance.random() < 0.35:
            return printed(self._variable(kind, f"={value!r}", None, value, make=make))
        return printed(value)

    def others(self) -> dict[str, Any]:
        """Other values for the same variables; some stay, some are left out or null where they may be."""
        given = dict(self.given)
        for name, make in self.makers.items():
            if self.chance.random() < 0.2:
                continue
            given[name] = plain(make())
            may_be_missing = not self.defined[name][0].endswith("!")
            if may_be_missing and self.chance.random() < 0.1:
                given[name] = None
            elif (may_be_missing or self.defined[name][1]) and self.chance.random() < 0.1:
                del given[name]
        return given

    def flag(self, *, always: bool | None = None) -> str:
        """A condition of a directive: a literal, or a variable with or without a default."""
        value = self.chance.random() < 0.5 if always is None else always
        if self.chance.random() < 0.4:
            return printed(value)
        name = f"if{len(self.defined)}"
        if self.chance.random() < 0.3:
            self.defined[name] = ("Boolean!", printed(value))
            if self.chance.random() < 0.5:
                self.given[name] = not value
            self._count("a condition's default")
        else:
            self.defined[name] = ("Boolean!", "")
            self.given[name] = value
        self.makers[name] = lambda: self.chance.random() < 0.5
        return f"${name}"

    def _value(self, kind: Any, hint: str, wanted: str | None, *, variables: bool) -> Any:
        if variables and self.chance.random() < 0.3:
            return self._variable(kind, hint, wanted)
        if isinstance(kind, GraphQLNonNull):
            return self.some(kind.of_type, hint, wanted, variables=variables)
        if self.chance.random() < 0.06:
            self._count("null")
            return None
        return self.some(kind, hint, wanted, variables=variables)

    def some(self, kind: Any, hint: str, wanted: str | None, *, variables: bool) -> Any:
        """A value that is not null."""
        if isinstance(kind, GraphQLNonNull):
            return self.some(kind.of_type, hint, wanted, variables=variables)
        if isinstance(kind, GraphQLList):
            if self.chance.random() < 0.2:
                self._count("one value for a list")
                return self.some(kind.of_type, hint, wanted, variables=False)
            size = self.chance.choice([0, 1, 1, 2, 3, 5])
            return [self._value(kind.of_type, hint, wanted, variables=variables) for _ in range(size)]
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind, variables=variables)
        if isinstance(kind, GraphQLEnumType):
            self._count(f"enum {kind.name}")
            return Word(self.chance.choice(sorted(kind.values)))
        return self._leaf(kind.name, hint, wanted)

    def _object(self, kind: GraphQLInputObjectType, *, variables: bool) -> dict[str, Any]:
        names = self.chance.sample(sorted(kind.fields), min(len(kind.fields), self.chance.choice([0, 1, 1, 1, 2, 3])))
        if self.chance.random() < 0.5:  # the least tried field, so that all are
            names = list(
                dict.fromkeys([min(sorted(kind.fields), key=lambda name: self.tally[f"{kind.name}.{name}"]), *names])
            )
        for name in names:
            self._count(f"{kind.name}.{name}")
        return {
            name: self._value(kind.fields[name].type, f"{kind.name}.{name}", None, variables=variables)
            for name in names
        }

    def _leaf(self, kind: str, hint: str, wanted: str | None) -> Any:
        self._count(f"scalar {kind}")
        if kind == "ID":
            type_name = wanted or kind_of_id(hint.rpartition(".")[2])
            if type_name not in self.stock.ids:
                type_name = self.chance.choice(sorted(self.stock.ids))
            return self.stock.id(self.chance, type_name, self.union)
        found = self.stock.word(self.chance, hint, self.union)
        if kind == "Boolean":
            return self.chance.random() < 0.5
        if kind == "Int":
            return (
                found
                if found is not None and self.chance.random() < 0.8
                else self.chance.choice([0, -1, 2024, 2147483647])
            )
        if kind in {"Date", "DateTime"}:
            return _day(kind, found if found is not None else self.chance.choice(["2023-03-01", "2024-05-08"]))
        if not isinstance(found, str) or self.chance.random() > 0.85:
            return self.chance.choice(_TEXTS)
        return found if self.chance.random() < 0.7 else found[: self.chance.randint(1, len(found))]

    def _variable(
        self, kind: Any, hint: str, wanted: str | None, *exact: Any, make: Callable[[], Any] | None = None
    ) -> Variable:
        known = self._known.get((str(kind), hint))
        if known is not None and self.chance.random() < 0.7:
            self._count("a variable used twice")
            return Variable(known)
        name = f"v{len(self.defined)}"
        value = exact[0] if exact else self.some(kind, hint, wanted, variables=False)
        written, default = self._type(kind), ""
        if self.chance.random() < 0.3:
            default = printed(self.some(kind, hint, wanted, variables=False) if not exact else value)
            self._count("a variable's default")
        draw = self.chance.random()
        if draw < 0.25 and default:
            self._count("a variable left to its default")
        elif draw < 0.2 and not written.endswith("!") and not exact:
            self._count("a variable left out")
        elif draw < 0.36 and not written.endswith("!") and not exact:
            self._count("a null variable")
            self.given[name] = None
        else:
            self.given[name] = plain(self._otherwise_written(value))
        self.defined[name] = (written, default)
        self._known[str(kind), hint] = name
        self.makers[name] = make or (lambda: self.some(kind, hint, wanted, variables=False))
        self._count("a variable")
        return Variable(name)

    def _type(self, kind: Any) -> str:
        """Sometimes stricter than needed."""
        written = str(kind)
        return f"{written}!" if not written.endswith("!") and self.chance.random() < 0.25 else written

    def _otherwise_written(self, value: Any) -> Any:
        """A whole number may come as 2.0."""
        if isinstance(value, int) and not isinstance(value, bool) and self.chance.random() < 0.05:
            self._count("a whole float")
            return float(value)
        return value

    def _count(self, what: str) -> None:
        self.tally[what] += 1


def _day(kind: str, found: Any) -> str:
    day = str(found)
    if kind == "Date":
        return day[:10]
    return day if "T" in day else f"{day}T09:00:00+08:00"


def printed(value: Any) -> str:
    """A value as it stands in a document."""
    if isinstance(value, Variable):
        return f"${value.name}"
    if isinstance(value, Word):
        return value.name
    if isinstance(value, list):
        return f"[{', '.join(printed(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {printed(item)}" for name, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def plain(value: Any) -> Any:
    """A value as it stands among the variables."""
    if isinstance(value, Word):
        return value.name
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {name: plain(item) for name, item in value.items()} if isinstance(value, dict) else value
