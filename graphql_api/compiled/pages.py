"""Lists and pages as they are shown: edges, cursors, and where a page stands in its list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphql import FieldNode, GraphQLObjectType

from graphql_api.compiled.code import Code
from graphql_api.compiled.flats import Flat
from graphql_api.compiled.sql import Place, Shape
from graphql_api.selection import Planner, Related
from graphql_api.shapes import edge_type, named_type

Nodes = Sequence[FieldNode]


@dataclass
class Level:
    """One record at hand: its shape, the variable that holds it, the loops that lead to it, and the flat it belongs to (None: a list within one)."""

    shape: Shape
    row: str
    loops: str
    flat: Flat | None
    computed: list[str]
    rows: int


class Pages:
    """Writes expressions for lists; `row` writes the one for a row."""

    def __init__(self, planner: Planner, code: Code, row: Callable[[Level, Place, Nodes], str]) -> None:
        self._planner = planner
        self._code = code
        self._row = row

    def text(self, level: Level, root: Place, related: Related, nodes: Nodes, parent: GraphQLObjectType) -> str:
        """An expression for a list, or for a page, of the records in `rows`."""
        root.plan.need(*(term.column for term in related.ordering.terms))
        if not related.bound.is_paged:
            return f"[{self._row(level, root, nodes)} for {level.row} in rows]"
        connection = named_type(parent.fields[related.bound.name].type)
        parts: list[str] = []
        for name, fields in self._planner.below(nodes, connection).items():
            shown_field = self._field(level, root, related, fields, connection)
            parts.append(f"{self._code.constant(name)}: {shown_field}")
        return "{" + ", ".join(parts) + "}"

    def _field(self, level: Level, root: Place, related: Related, fields: Nodes, connection: GraphQLObjectType) -> str:
        name = fields[0].name.value
        if name == "__typename":
            return self._code.constant(connection.name)
        if name == "totalCount":
            related.counted = True
            return "total"
        if name == "edges":
            edge = edge_type(connection)
            parts = [
                f"{self._code.constant(key)}: {self._edge(level, root, related, inner, edge)}"
                for key, inner in self._planner.below(fields, edge).items()
            ]
            return f"[{{{', '.join(parts)}}} for {level.row} in rows]"
        info = named_type(connection.fields["pageInfo"].type)
        first, last = (f"({self._cursor(level, root, related, f'rows[{end}]')} if rows else None)" for end in (0, -1))
        values = {"hasNextPage": "next", "hasPreviousPage": "previous", "startCursor": first, "endCursor": last}
        values["__typename"] = self._code.constant(info.name)
        chosen = self._planner.below(fields, info).items()
        return "{" + ", ".join(f"{self._code.constant(k)}: {values[inner[0].name.value]}" for k, inner in chosen) + "}"

    def _edge(self, level: Level, root: Place, related: Related, fields: Nodes, edge: GraphQLObjectType) -> str:
        name = fields[0].name.value
        if name == "cursor":
            return self._cursor(level, root, related, level.row)
        return self._row(level, root, fields) if name == "node" else self._code.constant(edge.name)

    def _cursor(self, level: Level, root: Place, related: Related, row: str) -> str:
        keys = [level.shape.index(root, term.column.key) for term in related.ordering.terms]
        seal = self._code.constant(related.ordering.seal)
        return f"{seal}([{', '.join(f'{row}[{key}]' for key in keys)}])"
