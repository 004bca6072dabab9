"""Whole requests: a document of one or several operations, its variables, who sends it and how; and, now and then, something wrong with it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from graphql import GraphQLObjectType

from graphql_api.reads import ExpressionRead, OneRead
from graphql_api.registry import Registry
from tests.graphql_api.compiled.drafting import Draft, Place, Scope
from tests.graphql_api.compiled.inputs import Inputs
from tests.graphql_api.compiled.personas import Persona
from tests.graphql_api.compiled.stock import Stock
from tests.graphql_api.compiled.ways import Way, ways

GRAPHQL, PLAIN = "application/graphql-response+json", "application/json"
_FIELDS = (2, 3, 4, 6, 8, 10, 15, 20, 40)
_AGAIN = 0.4
_TELLING = 0.12
_ON_THE_WAY = (6, 8, 12, 20)
"""About how many fields an operation has; one that is to reach a certain field has room for its neighbours."""


@dataclass(frozen=True)
class Operation:
    """What is sent. `wrong`: what was done to it so that it is refused."""

    text: str
    variables: Mapping[str, Any]
    name: str | None
    persona: Persona
    accept: str = GRAPHQL
    language: str = "zh"
    method: str = "POST"
    wrong: str | None = None
    others: Callable[[], Mapping[str, Any]] | None = field(default=None, compare=False, repr=False)
    """Makes other values for its variables."""

    def __str__(self) -> str:
        given = f"variables {dict(self.variables)!r}, operationName {self.name!r}"
        return f"{self.persona.name}, {self.method}, {self.accept}, {self.language}\n{self.text}\n{given}"


@dataclass
class Generator:
    """Draws operations; `tally` counts what was tried."""

    registry: Registry
    stock: Stock
    personas: Sequence[Persona]
    seed: int
    tally: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self._ways = ways(self.registry.schema)
        self._telling = [name for name in self._ways if _is_telling(self.registry, name)]
        query = self.registry.schema.query_type
        assert query is not None
        self._query: GraphQLObjectType = query

    def draws(self, number: int) -> Iterator[Operation]:
        """So many of them; every fourth or so is the one before it once more, by another person or with other values."""
        before: Operation | None = None
        for _ in range(number):
            if before is not None and self.chance.random() < _AGAIN:
                yield self.again(before)
            else:
                before = self.draw()
                yield before

    def draw(self) -> Operation:
        """The next operation."""
        persona = self.chance.choices(self.personas, [each.weight for each in self.personas])[0]
        single = self.chance.random() > 0.08
        names = (
            ["Asked"] if single else self.chance.sample(["Asked", "Beside", "Another"], self.chance.choice([2, 2, 3]))
        )
        drafted = {name: self._operation(name, persona) for name in names}
        name = self.chance.choice(names)
        text, inputs = drafted[name]
        if single and self.chance.random() < 0.25:
            text = text.replace("query Asked", "query", 1)
        elif not single:
            self.tally["several operations"] += 1
            text = "\n".join(drafted[each][0] for each in names)
        if text.startswith("query {") and self.chance.random() < 0.7:
            text = text.removeprefix("query ")
            self.tally["no keyword"] += 1
        operation = Operation(
            text, inputs.given, None if single and self.chance.random() < 0.7 else name, persona, others=inputs.others
        )
        if operation.name is not None and f"query {name}" not in text:
            operation = replace(operation, name=None)
        return self._sent(self._spoiled(operation))

    def again(self, operation: Operation) -> Operation:
        """The same document by somebody else, or with other values, or both: what was compiled for one must fit the other."""
        draw = self.chance.random()
        if draw < 0.7:
            alike = [each for each in self.personas if each.like == operation.persona.like]
            operation = replace(operation, persona=self.chance.choice(alike if draw < 0.5 else list(self.personas)))
        if draw > 0.3 and operation.others is not None and operation.wrong is None:
            operation = replace(operation, variables=operation.others())
        return operation

    def _operation(self, name: str, persona: Persona) -> tuple[str, Inputs]:
        inputs = Inputs(self.chance, self.stock, persona.union, self.tally)
        way = self._way()
        draft = Draft(self.registry, inputs, self.chance.choice(_ON_THE_WAY if way else _FIELDS), f"{name}F")
        place = Place(Scope(), way=way)
        body = draft.selection(self._query, place, most=self.chance.choice([1, 1, 2, 3, 5]))
        fragments = [f"fragment {each.name} on {each.kind} {{ {each.text} }}" for each in draft.fragments]
        defined = ", ".join(
            f"${variable}: {kind}{f' = {default}' if default else ''}"
            for variable, (kind, default) in inputs.defined.items()
        )
        head = f"query {name}({defined})" if defined else f"query {name}"
        return "\n".join([f"{head} {{ {body} }}", *fragments]), inputs

    def _way(self) -> Way:
        """To a field that was tried least, or to one that shows different people different things; as often anywhere."""
        draw = self.chance.random()
        if draw > 0.68:
            return ()
        if draw < _TELLING:
            return self._ways[self.chance.choice(self._telling)]
        least = min(self.tally[name] for name in self._ways)
        return self._ways[self.chance.choice([name for name in self._ways if self.tally[name] == least])]

    def _sent(self, operation: Operation) -> Operation:
        """The HTTP around it."""
        return replace(
            operation,
            accept=PLAIN if self.chance.random() < 0.2 else GRAPHQL,
            language="en" if self.chance.random() < 0.2 else "zh",
            method="GET" if self.chance.random() < 0.05 else "POST",
        )

    def _spoiled(self, operation: Operation) -> Operation:
        if self.chance.random() > 0.06:
            return operation
        name = self.chance.choice(sorted(_WRONGS))
        text, variables, asked = _WRONGS[name](self.chance, operation)
        self.tally[f"wrong: {name}"] += 1
        return replace(operation, text=text, variables=variables, name=asked, wrong=name)


def _is_telling(registry: Registry, name: str) -> bool:
    """Whether a field is masked, or left out, for some."""
    kind, _, field_name = name.partition(".")
    bound = registry.fields.get(kind, {}).get(field_name)
    return bound is not None and (
        (isinstance(bound.read, ExpressionRead) and bound.read.clear is not None)
        or (isinstance(bound.read, OneRead) and bound.read.unless is not None)
    )


Spoiled = tuple[str, Mapping[str, Any], str | None]
Spoil = Callable[[Random, Operation], Spoiled]


def _in_text(pattern: str, instead: str) -> Spoil:
    def spoil(chance: Random, operation: Operation) -> Spoiled:
        places = list(re.finditer(pattern, operation.text))
        if not places:
            return operation.text + " }", operation.variables, operation.name
        start, end = chance.choice(places).span()
        return operation.text[:start] + instead + operation.text[end:], operation.variables, operation.name

    return spoil


def _wrong_value(chance: Random, operation: Operation) -> Spoiled:
    names = sorted(operation.variables)
    if not names:
        return operation.text, {"unknown": 1}, operation.name
    wrong = chance.choice([{"a": 1}, [[1]], "wrong", 1.5, True, None])
    return operation.text, {**operation.variables, chance.choice(names): wrong}, operation.name


def _missing_values(_chance: Random, operation: Operation) -> Spoiled:
    return operation.text, {}, operation.name


def _unknown_operation(_chance: Random, operation: Operation) -> Spoiled:
    return operation.text, operation.variables, "Nowhere"


_WRONGS: dict[str, Spoil] = {
    "an unknown field": _in_text(r"\bid\b", "idd"),
    "an unknown argument": _in_text(r"first:", "firts:"),
    "no page size": _in_text(r"(first|last): \d+", "after: null"),
    "a page too large": _in_text(r"(first|last): \d+", "first: 101"),
    "a syntax error": _in_text(r"\}", ""),
    "no selection": _in_text(r"\{ id \}", ""),
    "a selection on a leaf": _in_text(r"\bid\b", "id { id }"),
    "a value of the wrong type": _wrong_value,
    "no variables": _missing_values,
    "an unknown operation": _unknown_operation,
    "an unused fragment": _in_text(r"$", "\nfragment Unused on Query { __typename }"),
    "a mutation's field": _in_text(r"\{", "{ signOut { errors { code } } "),
    "introspection": _in_text(r"\{", "{ __schema { queryType { name } } "),
    "a condition that is null": _in_text(r"\bid\b", "id @include(if: null)"),
    "an unknown fragment": _in_text(r"\bid\b", "...Nowhere"),
}
