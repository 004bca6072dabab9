"""From a selection set to flats: what stands in which record, and the text of the functions that make the answer of the records."""

from typing import Any

from graphql import FieldNode, GraphQLNonNull, GraphQLObjectType

from authz.actor import Actor
from graphql_api.compiled import sql
from graphql_api.compiled.arguments import Arguments
from graphql_api.compiled.bail import Uncompilable
from graphql_api.compiled.code import Code, id_shown
from graphql_api.compiled.flats import Ask, Computed, Cut, Flat, Many, Note, One
from graphql_api.compiled.pages import Level, Nodes, Pages
from graphql_api.compiled.plain import Plain
from graphql_api.compiled.sql import Listed, Place, Shape
from graphql_api.reads import ColumnRead, ComputedRead, ExpressionRead, KeyRead, ManyRead, OneRead
from graphql_api.registry import Bound, Registry
from graphql_api.scalars import money_of
from graphql_api.selection import Plan, Planner, Related, label, shown
from graphql_api.shapes import edge_type, is_connection, named_type
from graphql_api.statements import PARENT

FEW = 4
"""For so many rows a list is read within their record, as an array; for more, in a statement of its own for all rows together. Measured: bench/README.md."""


class Layout:
    """Builds the flats of one operation."""

    def __init__(self, registry: Registry, planner: Planner, actor: Actor, code: Code, arguments: Arguments) -> None:
        self.registry = registry
        self.planner = planner
        self.actor = actor
        self.code = code
        self.arguments = arguments
        self.plain = Plain(registry, planner, code)
        self.pages = Pages(planner, code, self._row)

    def found(self, bound: Bound, nodes: Nodes) -> One:
        """The row of a root, or of a payload, by its key."""
        return self._by_keys(bound, nodes, None, rows=1, place=0, tenant=None)

    def listed(self, bound: Bound, nodes: Nodes, parent: GraphQLObjectType) -> Many:
        """A root list; its flat asks for one page."""
        related = self._related(bound, nodes, parent)
        return self._many(related, nodes, parent, place=None, rows=1)

    # rows

    def _row(self, level: Level, place: Place, nodes: Nodes) -> str:
        """An expression for the object of a place."""
        kind, parts = place.plan.kind, list[str]()
        for name, fields in self.planner.below(nodes, kind).items():
            parts.append(f"{self.code.constant(name)}: {self._field(level, place, fields)}")
        return "{" + ", ".join(parts) + "}"

    def _field(self, level: Level, place: Place, fields: list[FieldNode]) -> str:
        kind, name = place.plan.kind, fields[0].name.value
        if name == "__typename":
            return self.code.constant(kind.name)
        bound = self.registry.fields[kind.name].get(name)
        if bound is None:
            message = f"{kind.name}.{name} is not declared"
            raise Uncompilable(message)
        output, read = kind.fields[name].type, bound.read
        if isinstance(read, OneRead):
            shown_row = self._one(level, place, bound, read, fields)
            return f"required({shown_row})" if isinstance(output, GraphQLNonNull) else shown_row
        if isinstance(read, ManyRead):
            return self._list(level, place, bound, fields)
        if isinstance(read, ComputedRead):
            return self.plain.shown(output, fields, self._computed(level, place, read))
        return self._leaf(level, place, bound, fields, output)

    def _leaf(self, level: Level, place: Place, bound: Bound, fields: Nodes, output: Any) -> str:  # noqa: ANN401 - a type
        read, plan = bound.read, place.plan
        if isinstance(read, KeyRead):
            return f"{self._id(plan.source.type_name)}({self._at(level, place, plan.source.key.key)})"
        if isinstance(read, ColumnRead):
            plan.need(read.column)
            value = self._at(level, place, read.column.key)
            if read.refers is not None:
                made = f"(None if {value} is None else {self._id(read.refers)}({value}))"
                return f"required({made})" if isinstance(output, GraphQLNonNull) else made
            if read.as_money:
                return self.plain.shown(output, fields, f"{self.code.constant(money_of)}({value})")
            return self.code.shown(output, value, read.column)
        if isinstance(read, ExpressionRead):
            plan.columns[label(bound)] = shown(read, self.actor)
            value = self._at(level, place, label(bound))
            if read.as_money:
                return self.plain.shown(output, fields, f"{self.code.constant(money_of)}({value})")
            return self.code.shown(output, value)
        message = f"{bound.name} is read in a way of its own"
        raise Uncompilable(message)

    def _id(self, type_name: str) -> str:
        return self.code.converter(f"id of {type_name}", lambda: id_shown(type_name))

    def _at(self, level: Level, place: Place, label: str) -> str:
        return f"{level.row}[{level.shape.index(place, label)}]"

    def _note(self, level: Level, place: Place) -> None:
        """Rows of personal data are recorded; where is found out when the flat is complete."""
        kind = place.plan.source.personal
        if kind is None:
            return
        value = self._at(level, place, place.plan.source.key.key)
        text = f"return [{value} {level.loops} if {value} is not None]"
        self._notes.append((kind, self.code.function("rows", text)))

    def _computed(self, level: Level, place: Place, read: ComputedRead) -> str:
        if level.flat is None or place is not level.shape.root or read.by_session:
            message = f"{place.plan.kind.name} has a field that is computed with statements of its own"
            raise Uncompilable(message)
        place.plan.need(*read.needs)
        needs = tuple((need.key, level.shape.index(place, need.key)) for need in read.needs)
        level.flat.computed.append(Computed(read.batch, place.plan.kind.name, needs))
        name = self.code.fresh("w")
        level.computed.append(name)
        return f"{level.row}[{name}]"

    # to-one relations

    def _one(self, level: Level, place: Place, bound: Bound, read: OneRead, fields: Nodes) -> str:
        if not read.shows(self.actor):
            return "None"
        source, kind = _target(bound)
        place.plan.need(read.local, *(() if read.tenant is None else (read.tenant,)))
        if self._fits(kind, fields, few=level.flat is not None and level.rows <= FEW):
            beside = Place(Plan(source, kind), (place, read))
            level.shape.places.append(beside)
            self._note(level, beside)
            made = self._row(level, beside, fields)
            return f"(None if {self._at(level, beside, source.key.key)} is None else {made})"
        if level.flat is None:
            message = f"{bound.name} needs a statement of its own within a list"
            raise Uncompilable(message)
        local = level.shape.index(place, read.local.key)
        tenant = None if read.tenant is None else level.shape.index(place, read.tenant.key)
        relation = self._by_keys(bound, fields, read, rows=level.rows, place=local, tenant=tenant)
        return f"{self._relation(level, relation)}.get({level.row}[{local}])"

    def _by_keys(
        self, bound: Bound, nodes: Nodes, read: OneRead | None, *, rows: int, place: int, tenant: int | None
    ) -> One:
        source, kind = _target(bound)
        root = Place(Plan(source, kind))
        level = self._level(Shape(root), rows)
        level.shape.add(PARENT)
        with_notes = self._begin_notes()
        self._note(level, root)
        made = self._row(level, root, nodes)
        render = self._written(level, "rows, d, e", f"[{made} for {level.row} in rows]")
        flat = self._finished(level, sql.by_keys(level.shape, self.actor, read), with_notes)
        return One(flat, place, self.code.get(render), tenant)

    # lists

    def _list(self, level: Level, place: Place, bound: Bound, fields: Nodes) -> str:
        parent = place.plan.kind
        related = self._related(bound, fields, parent)
        related.parent = place.plan.source
        place.plan.need(related.local)
        inner = self._nodes_of(bound, fields, parent)
        if level.flat is not None and level.rows <= FEW and self._fits(related.plan.kind, inner, few=False):
            return self._array(level, place, related, fields)
        if level.flat is None:
            message = f"{bound.name} is a list within a list within a record"
            raise Uncompilable(message)
        local = level.shape.index(place, related.local.key)
        relation = self._many(related, fields, parent, place=local, rows=level.rows * min(related.page.size, 10))
        return f"{self._relation(level, relation)}({level.row}[{local}])"

    def _array(self, level: Level, place: Place, related: Related, fields: Nodes) -> str:
        """A list within the record."""
        root, cut = Place(related.plan), _cut(related)
        shape = Shape(root)
        at = level.shape.add(Listed(place, related, shape))
        row = self.code.fresh("r")
        loops = f"{level.loops} for {row} in {level.row}[{at}][:{cut.size}]"
        inner = Level(shape, row, loops, None, [], level.rows * cut.size)
        self._note(inner, root)
        made = self.pages.text(inner, root, related, fields, place.plan.kind)
        if not shape.items:
            shape.index(root, root.plan.source.key.key)
        render = self.code.function("rows, e, next, previous, total", f"return {made}")
        records, cutter = f"{level.row}[{at}]", self.code.constant(cut)
        total = "None"
        if related.counted:
            total = f"{level.row}[{level.shape.add(Listed(place, related, shape, counted=True))}]"
        return f"{render}({cutter}.rows({records}), e, *{cutter}.edges({records}), {total})"

    def _many(self, related: Related, nodes: Nodes, parent: GraphQLObjectType, *, place: int | None, rows: int) -> Many:
        root = Place(related.plan)
        level = self._level(Shape(root), rows if place is not None else related.page.size)
        if place is not None:
            level.shape.add(PARENT)
        with_notes = self._begin_notes()
        self._note(level, root)  # also where only cursors or numbers are selected of a page: it was read
        made = self.pages.text(level, root, related, nodes, parent)
        if not level.shape.items:
            level.shape.index(root, root.plan.source.key.key)
        render = self._written(level, "rows, d, e, next, previous, total", made)
        counted = related.counted
        if place is None:
            ask = sql.page(level.shape, related, self.actor)
            count = sql.count(related, self.actor) if counted else None
        else:
            ask = sql.children(level.shape, related, self.actor)
            count = sql.count_children(related, self.actor) if counted else None
        return Many(self._finished(level, ask, with_notes), place or 0, self.code.get(render), _cut(related), count)

    def _related(self, bound: Bound, nodes: Nodes, parent: GraphQLObjectType) -> Related:
        source, kind = _target(bound)
        page, chosen = self.arguments.page(bound, nodes[0], parent)
        return Related(bound, Plan(source, kind), page, chosen)

    # what fits into one record

    def _fits(self, kind: GraphQLObjectType, nodes: Nodes, *, few: bool) -> bool:
        """Whether everything selected of these rows can stand in the record they stand in."""
        declared = self.registry.fields[kind.name]
        for fields in self.planner.below(nodes, kind).values():
            bound = declared.get(fields[0].name.value)
            read = None if bound is None else bound.read
            if isinstance(read, ComputedRead):
                return False
            if bound is not None and isinstance(read, OneRead) and not self._fits(_target(bound)[1], fields, few=few):
                return False
            if bound is not None and isinstance(read, ManyRead):
                inner = self._nodes_of(bound, fields, kind)
                if not few or not self._fits(_target(bound)[1], inner, few=False):
                    return False
        return True

    def _nodes_of(self, bound: Bound, fields: Nodes, parent: GraphQLObjectType) -> Nodes:
        """The nodes that select the rows of a list."""
        if not bound.is_paged:
            return fields
        connection = named_type(parent.fields[bound.name].type)
        if not is_connection(connection):
            raise Uncompilable(bound.name)
        edges = self.planner.selected(fields, connection, "edges")
        nodes = [self.planner.selected(one, edge_type(connection), "node") for one in edges]
        return [node for groups in nodes for group in groups for node in group]

    # writing

    def _level(self, shape: Shape, rows: int) -> Level:
        row = self.code.fresh("r")
        return Level(shape, row, f"for {row} in rows", Flat(Ask("", ())), [], rows)

    def _relation(self, level: Level, relation: One | Many) -> str:
        if level.flat is None:
            raise Uncompilable
        level.flat.relations.append(relation)
        return f"d{len(level.flat.relations) - 1}"

    def _written(self, level: Level, parameters: str, made: str) -> str:
        names = [f"d{number}" for number in range(len(level.flat.relations))] if level.flat is not None else []
        unpacked = [f"{', '.join(names)}, = d"] if names else []
        for number, name in enumerate(level.computed):
            self.code.names[name] = len(level.shape.items) + number
        return self.code.function(parameters, *unpacked, f"return {made}")

    def _begin_notes(self) -> list[tuple[str, str]]:
        before, self._notes = self._notes, list[tuple[str, str]]()
        return before

    def _finished(self, level: Level, ask: Ask, notes_before: list[tuple[str, str]]) -> Flat:
        if level.flat is None:
            raise Uncompilable
        level.flat.ask, level.flat.rebind = ask, sql.alone
        level.flat.notes = [Note(kind, self.code.get(name)) for kind, name in self._notes]
        self._notes = notes_before
        return level.flat

    _notes: list[tuple[str, str]] = []  # noqa: RUF012 - replaced at each flat


def _target(bound: Bound) -> tuple[Any, GraphQLObjectType]:
    if bound.target is None or bound.target_type is None:
        message = f"{bound.name} has no source behind it"
        raise Uncompilable(message)
    return bound.target, bound.target_type


def _cut(related: Related) -> Cut:
    page = related.page
    return Cut(page.size, page.backwards, page.after is not None, page.before is not None)
