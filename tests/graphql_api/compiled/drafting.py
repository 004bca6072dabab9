"""Valid operations out of the schema, at random: every way of selecting that GraphQL has, over rows that exist.

What was tried least is tried first, so that a few hundred operations reach every field; the same seed over the same rows gives the same operations.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, is_required_argument

from graphql_api.registry import Registry
from graphql_api.shapes import is_connection, is_list, named_type
from tests.graphql_api.compiled.inputs import Inputs
from tests.graphql_api.compiled.ways import Way

_TYPENAME = "__typename"
_ODD_NAMES = (
    "class",
    "None",
    "self",
    "row",
    "data",
    "errors",
    "_",
    "if",
    "lambda",
    "__x",
    "related",
    "node",
    "id",
    "name",
)
_SIZES = (1, 1, 2, 3, 3, 5, 10, 20, 50, 100)
_COST = 1_500


@dataclass
class Scope:
    """What the answer's object has so far: by response key, the field with its arguments and type, and what is below it."""

    entries: dict[str, tuple[str, "Scope"]] = field(default_factory=dict[str, tuple[str, "Scope"]])


def _is_same(one: tuple[str, Scope], other: tuple[str, Scope]) -> bool:
    """Whether two entries can stand under one key."""
    return one[0] == other[0] and (one[1] is other[1] or not one[1].entries)


@dataclass(frozen=True)
class Place:
    """Where a selection stands, and what is left for it; `weight`: how many rows it is there for at most."""

    scope: Scope
    depth: int = 12
    lists: int = 3
    weight: int = 1
    way: Way = ()
    kinds: tuple[str, ...] = ()
    """The types that an interface's rows are of, as far as we know."""


@dataclass(frozen=True)
class Fragment:
    """A named fragment and where it was first spread."""

    name: str
    kind: str
    text: str
    place: Place
    scope: Scope
    keys: tuple[str, ...]
    cost: int


class Draft:
    """The selections of one operation of about `size` fields."""

    def __init__(self, registry: Registry, inputs: Inputs, size: int, prefix: str = "F") -> None:
        self._registry = registry
        self._types = registry.schema.type_map
        self._inputs = inputs
        self._chance: Random = inputs.chance
        self._tally: Counter[str] = inputs.tally
        self._prefix = prefix
        self._left = size
        self._cost = 0
        self._aliases = 24
        self._directives = 7
        self.fragments: list[Fragment] = []

    def selection(self, kind: Any, place: Place, most: int = 8) -> str:
        """A selection set without its braces."""
        if isinstance(kind, GraphQLInterfaceType):
            return self._join(self._of_interface(kind, place))
        parts = [self._part(kind, name, place) for name in self._names(kind, place, most)]
        for also in (self._repeat, self._inline, self._named, self._again):
            parts += also(kind, place)
        if self._chance.random() < 0.1:
            parts.append(self._typename(place))
        return self._join([part for part in parts if part] or [self._typename(place)])

    def _join(self, parts: list[str]) -> str:
        between = "\n" if self._chance.random() < 0.3 else self._chance.choice([" ", ", "])
        return between.join(parts)

    def _names(self, kind: GraphQLObjectType, place: Place, most: int) -> list[str]:
        """Fields that fit; the least tried first, more or less."""
        fitting = [name for name, described in kind.fields.items() if self._fits(described, place)]
        if is_connection(kind) or "edges" in kind.fields:
            chosen = [name for name in fitting if self._chance.random() < (0.9 if name == "edges" else 0.35)]
        else:
            count = min(len(fitting), self._chance.randint(1, most), max(1, self._left))
            chosen = sorted(fitting, key=lambda name: self._rank(f"{kind.name}.{name}"), reverse=True)[:count]
            self._chance.shuffle(chosen)
        if place.way and place.way[0] in kind.fields and place.way[0] not in chosen:
            chosen.insert(self._chance.randint(0, len(chosen)), place.way[0])
        return chosen

    def _rank(self, name: str) -> float:
        return self._chance.random() / (1 + self._tally[name]) ** 2

    def _fits(self, described: GraphQLField, place: Place) -> bool:
        inner = named_type(described.type)
        if not isinstance(inner, GraphQLObjectType | GraphQLInterfaceType):
            return True
        if self._left <= 0:
            return False
        if isinstance(inner, GraphQLObjectType) and is_connection(inner):
            return place.depth >= 5 and place.lists >= 1
        return place.depth >= 3 and (not is_list(described.type) or place.lists >= 1)

    def _part(self, kind: GraphQLObjectType, name: str, place: Place) -> str:
        described = kind.fields[name]
        on_the_way = bool(place.way) and place.way[0] == name
        inner = named_type(described.type)
        size = self._size(place) if isinstance(inner, GraphQLObjectType) and is_connection(inner) else 1
        wanted: list[str] = []
        if on_the_way and name in {"node", "nodes"} and kind.name == "Query":
            wanted += place.way[1:2]
        arguments = self._arguments(kind, name, described, size, wanted)
        self._left -= 1
        self._tally[f"{kind.name}.{name}"] += 1
        key, entry = self._claim(place.scope, name, f"{name}{arguments}{described.type}")
        shown = name if key == name else f"{key}: {name}"
        head = f"{shown}{arguments}{self._directive(always=on_the_way)}"
        if not isinstance(inner, GraphQLObjectType | GraphQLInterfaceType):
            return head
        below = self._below(place, kind, name, described, size, entry)
        below = replace(below, way=place.way[1:] if on_the_way else (), kinds=tuple(wanted))
        return f"{head} {{ {self.selection(inner, below)} }}"

    def _below(
        self, place: Place, kind: GraphQLObjectType, name: str, described: GraphQLField, size: int, scope: Scope
    ) -> Place:
        inner = named_type(described.type)
        listed = is_list(described.type) and not (name == "edges" and is_connection(kind))
        paged = isinstance(inner, GraphQLObjectType) and is_connection(inner)
        weight = place.weight * size * (10 if listed else 1)
        if inner.name in self._registry.sources:
            self._cost += weight
        return Place(scope, place.depth - 1, place.lists - (1 if listed or paged else 0), weight)

    def _size(self, place: Place) -> int:
        """A page that the cost leaves room for; several rows are guessed for each of its rows."""
        room = max(1, (_COST - self._cost) // (place.weight * 4))
        return self._chance.choice([size for size in _SIZES if size <= room] or [1])

    def _size_up_to(self, size: int) -> int:
        return size if self._chance.random() < 0.5 else self._chance.randint(1, max(size, 4))

    def _claim(self, scope: Scope, name: str, signature: str) -> tuple[str, Scope]:
        """A response key for a field: its own name, or an alias, so that it does not collide."""
        key = name
        if self._aliases > 0 and self._chance.random() < 0.12:
            odd = self._chance.random() < 0.3
            key = self._chance.choice(_ODD_NAMES) if odd else f"a{self._chance.randint(1, 99)}"
            self._tally["an alias"] += 1
        known = scope.entries.get(key)
        if known is not None and known[0] != signature:
            key = f"k{len(scope.entries)}{self._prefix}{self._left + 500}"
            self._tally["an alias to keep apart"] += 1
            known = None
        if key != name:
            self._aliases -= 1
        if known is None:
            scope.entries[key] = (signature, Scope())
        else:
            self._tally["a field merged"] += 1
        return key, scope.entries[key][1]

    def _arguments(
        self, kind: GraphQLObjectType, name: str, described: GraphQLField, size: int, wanted: list[str]
    ) -> str:
        given: dict[str, str] = {}
        place, tally = f"{kind.name}.{name}", self._tally
        if "first" in described.args:
            given = self._page(place, described, size)
        elif place == "Query.tenant":
            chosen = self._chance.choice(["id", "code"])
            given[chosen] = self._inputs.argument(described.args[chosen].type, f"{place}.{chosen}", "Tenant")
        elif name in {"node", "nodes"} and kind.name == "Query":
            some = self._chance.choices(sorted(self._inputs.stock.ids), k=1 if name == "node" else 3)
            wanted += [] if wanted else some
            for argument, item in described.args.items():
                given[argument] = self._ids(item.type, wanted, listed=name == "nodes")
        else:
            target = named_type(described.type).name
            for argument, item in described.args.items():
                if is_required_argument(item) or self._chance.random() < 0.6:
                    type_name = target if argument == "id" else None
                    given[argument] = self._inputs.argument(item.type, f"{place}.{argument}", type_name)
        if not given:
            return ""
        tally.update(f"{place}({argument})" for argument in given)
        items = list(given.items())
        self._chance.shuffle(items)
        return f"({', '.join(f'{argument}: {value}' for argument, value in items)})"

    def _ids(self, kind: Any, wanted: list[str], *, listed: bool) -> str:
        """For `node` and `nodes`: ids of the types that the selection speaks of."""
        stock, union = self._inputs.stock, self._inputs.union

        def ids() -> Any:
            names = [each if self._chance.random() < 0.8 else self._chance.choice(sorted(stock.ids)) for each in wanted]
            found = [stock.id(self._chance, name, union) for name in names for _ in range(3 if listed else 1)]
            return found if listed else found[0]

        return self._inputs.exactly(kind, ids)

    def _page(self, place: str, described: GraphQLField, size: int) -> dict[str, str]:
        backwards = self._chance.random() < 0.35
        front, back = ("last", "first") if backwards else ("first", "last")
        given = {front: self._inputs.exactly(described.args[front].type, partial(self._size_up_to, size))}
        if self._chance.random() < 0.05:
            given[back] = "null"
        for argument in ("after", "before"):
            if self._chance.random() < self._eagerness(f"{place}({argument})", 0.22):
                stock, union = self._inputs.stock, self._inputs.union
                cursor = partial(stock.cursor, self._chance, place, union)
                given[argument] = self._inputs.exactly(described.args[argument].type, cursor)
            elif self._chance.random() < 0.04:
                given[argument] = "null"
        if "filter" in described.args and self._chance.random() < self._eagerness_of_filter(place, described):
            given["filter"] = self._inputs.argument(described.args["filter"].type, f"{place}.filter")
        return given

    def _eagerness(self, what: str, usual: float) -> float:
        """How likely something is tried: more, as long as it was not."""
        return usual if self._tally[what] else 0.75

    def _eagerness_of_filter(self, place: str, described: GraphQLField) -> float:
        kind = named_type(described.args["filter"].type)
        least = min(kind.fields, key=lambda name: self._tally[f"{kind.name}.{name}"])
        return max(self._eagerness(f"{place}(filter)", 0.35), self._eagerness(f"{kind.name}.{least}", 0.35))

    def _directive(self, *, always: bool = False) -> str:
        """Mostly none; where something is on the way to what this operation is for, it is left in."""
        if self._directives <= 0 or self._chance.random() > 0.07:
            return ""
        shown = always or self._chance.random() < 0.65
        name = self._chance.choice(["skip", "include"])
        self._directives -= 1
        self._tally[f"@{name}"] += 1
        text = f" @{name}(if: {self._inputs.flag(always=shown == (name == 'include'))})"
        if self._chance.random() < 0.1:
            other = "include" if name == "skip" else "skip"
            self._directives -= 1
            self._tally["both directives"] += 1
            text += f" @{other}(if: {self._inputs.flag(always=shown == (other == 'include'))})"
        return text

    def _typename(self, place: Place) -> str:
        self._tally[_TYPENAME] += 1
        key, _ = self._claim(place.scope, _TYPENAME, f"{_TYPENAME}String!")
        return _TYPENAME if key == _TYPENAME else f"{key}: {_TYPENAME}"

    def _repeat(self, kind: GraphQLObjectType, place: Place) -> list[str]:
        """A field once more under the same key, with other things below it."""
        if self._chance.random() > 0.12 or self._left <= 0:
            return []
        plain = [
            name
            for name in kind.fields
            if place.scope.entries.get(name, ("",))[0] == f"{name}{kind.fields[name].type}"
            and isinstance(named_type(kind.fields[name].type), GraphQLObjectType)
        ]
        if not plain:
            return []
        self._tally["a field merged"] += 1
        name = self._chance.choice(plain)
        described = kind.fields[name]
        below = self._below(place, kind, name, described, 1, place.scope.entries[name][1])
        return [f"{name} {{ {self.selection(named_type(described.type), below, most=3)} }}"] if below.depth > 1 else []

    def _inline(self, kind: GraphQLObjectType, place: Place) -> list[str]:
        """Some more in an inline fragment: on the type, on its interface, or on nothing."""
        if self._chance.random() > 0.12 or self._left <= 0:
            return []
        inner = replace(place, way=())
        draw = self._chance.random()
        if draw < 0.3 and any(interface.name == "Node" for interface in kind.interfaces):
            self._tally["an inline fragment on an interface"] += 1
            return [f"... on Node{self._directive()} {{ {self._of_node(place)} }}"]
        condition = "" if draw < 0.55 else f" on {kind.name}"
        self._tally[f"an inline fragment{' on a type' if condition else ''}"] += 1
        return [f"...{condition}{self._directive()} {{ {self.selection(kind, inner, most=3)} }}"]

    def _of_node(self, place: Place) -> str:
        key, _ = self._claim(place.scope, "id", "idID!")
        parts = ["id" if key == "id" else f"{key}: id"]
        if self._chance.random() < 0.4:
            parts.append(self._typename(place))
        return " ".join(parts)

    def _named(self, kind: GraphQLObjectType, place: Place) -> list[str]:
        """Some more in a named fragment."""
        if self._chance.random() > 0.13 or self._left <= 0:
            return []
        cost = self._cost
        on_node = self._chance.random() < 0.3 and any(interface.name == "Node" for interface in kind.interfaces)
        text = self._of_node(place) if on_node else self.selection(kind, replace(place, way=()), most=4)
        keys = tuple(place.scope.entries)
        name, condition = f"{self._prefix}{len(self.fragments)}", "Node" if on_node else kind.name
        spent = (self._cost - cost) // place.weight
        self.fragments.append(Fragment(name, condition, text, place, place.scope, keys, spent))
        self._tally[f"a fragment on {'an interface' if on_node else 'a type'}"] += 1
        return [f"...{name}{self._directive()}"]

    def _again(self, kind: GraphQLObjectType, place: Place) -> list[str]:
        """A named fragment that was spread elsewhere already, where it fits."""
        if self._chance.random() > 0.15:
            return []
        fitting = [found for found in self.fragments if self._is_spreadable(found, kind, place)]
        if not fitting:
            return []
        found = self._chance.choice(fitting)
        self._cost += found.cost * place.weight
        self._aliases -= found.text.count(":")
        self._directives -= found.text.count("@")
        for key in found.keys:
            place.scope.entries.setdefault(key, found.scope.entries[key])
        self._tally["a fragment spread again"] += 1
        return [f"...{found.name}"]

    def _is_spreadable(self, found: Fragment, kind: GraphQLObjectType, place: Place) -> bool:
        if found.kind != kind.name or place.depth < found.place.depth or place.lists < found.place.lists:
            return False
        if found.cost * place.weight > _COST - self._cost or ("@" in found.text and self._directives < 3):
            return False
        here = place.scope.entries
        there = found.scope.entries
        return all(key not in here or _is_same(here[key], there[key]) for key in found.keys)

    def _of_interface(self, kind: GraphQLInterfaceType, place: Place) -> list[str]:
        """`id`, `__typename`, and fragments on the types that the rows are of, and on some that they are not."""
        parts = [self._of_node(place)] if self._chance.random() < 0.6 else [self._typename(place)]
        possible = sorted(found.name for found in self._registry.schema.get_possible_types(kind))
        names = [name for name in place.kinds if name in possible] or self._chance.sample(possible, 2)
        if self._chance.random() < 0.2:
            names.append(self._chance.choice(possible))
        if place.way and place.way[0] in possible and place.way[0] not in names:
            names.append(place.way[0])
        for name in names:
            if self._left <= 0 and name not in place.way:
                continue
            inner = replace(place, way=place.way[1:] if place.way and place.way[0] == name else ())
            body = self.selection(self._types[name], inner, most=6)
            parts.append(self._on_type(name, body, inner))
        return parts

    def _on_type(self, name: str, body: str, place: Place) -> str:
        if self._chance.random() < 0.25:
            fragment = f"{self._prefix}{len(self.fragments)}"
            keys = tuple(place.scope.entries)
            self.fragments.append(Fragment(fragment, name, body, place, place.scope, keys, _COST))
            self._tally["a fragment on a type"] += 1
            return f"...{fragment}"
        self._tally["an inline fragment on a type"] += 1
        return f"... on {name}{self._directive()} {{ {body} }}"
