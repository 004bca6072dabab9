"""An operation as a program: its roots, and how they are put together."""

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    NameNode,
    OperationType,
)

from authz.actor import Actor
from graphql_api.compiled import actors
from graphql_api.compiled.arguments import Arguments
from graphql_api.compiled.bail import Bail, Uncompilable
from graphql_api.compiled.code import Code
from graphql_api.compiled.flats import Env, One
from graphql_api.compiled.layout import Layout
from graphql_api.compiled.plain import getter
from graphql_api.compiled.roots import Fixed, Given, ListRoot, Reading, Returned, Root, RowRoot, Show, Shown, Waits
from graphql_api.documents import Ready
from graphql_api.ids import decode_id
from graphql_api.reads import FoundRead, ManyRead, NodeRead, ReturnedRead, Source
from graphql_api.registry import Bound, Registry
from graphql_api.selection import Planner
from graphql_api.shapes import named_type


class Program:
    """A compiled operation; run for any actor and any values of the shape it was compiled for."""

    def __init__(self, roots: Sequence[tuple[Root, bool]], checks: Sequence[Callable[[Env], object]]) -> None:
        self._checks = checks
        self._roots = [root for root, _ in roots]
        self._required = [root.key for root, is_required in roots if is_required]
        read = [root.flat for root, _ in roots if root.flat is not None]
        self._alone = len(read) == 1 and read[0].alone

    async def run(self, env: Env) -> dict[str, Any]:
        """The data of the answer; raises Bail where the ordinary executor must answer."""
        for check in self._checks:
            check(env)
        found: dict[str, Any] = dict.fromkeys(root.key for root in self._roots)
        declared = [root for root in self._roots if root.flat is not None]
        for root in self._roots:
            if root.flat is None:
                found[root.key] = await root.run(env)
        if declared:
            async with Reading(env, alone=self._alone):
                for root in declared:
                    found[root.key] = await root.run(env)
        if any(found[key] is None for key in self._required):
            raise Bail
        return found


class Compilation:
    """Of one operation, for one shape of actor and values."""

    def __init__(self, registry: Registry, ready: Ready, actor: Actor, values: Mapping[str, Any]) -> None:
        fragments = {
            node.name.value: node for node in ready.document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        info: Any = SimpleNamespace(variable_values=SimpleNamespace(coerced=values), fragments=fragments)
        self._ready = ready
        self._registry = registry
        self._actor = actors.stand_in(actor)
        self._planner = Planner(registry, info, self._actor)
        self._arguments = Arguments(values)
        self._code = Code()
        self._layout = Layout(registry, self._planner, self._actor, self._code, self._arguments)
        self._values = values

    def program(self) -> Program:
        """The program; raises Uncompilable."""
        operation = self._ready.operation
        kind = self._registry.schema.get_root_type(operation.operation)
        if kind is None or operation.operation is OperationType.SUBSCRIPTION:
            message = "subscriptions are not compiled"
            raise Uncompilable(message)
        holder = FieldNode(name=NameNode(value=kind.name), selection_set=operation.selection_set)
        roots: list[tuple[Root, bool]] = []
        for name, fields in self._planner.below([holder], kind).items():
            described = kind.fields.get(fields[0].name.value)
            is_required = described is not None and isinstance(described.type, GraphQLNonNull)
            if operation.operation is OperationType.MUTATION and not _is_repeatable(described):
                message = f"{fields[0].name.value} has no idempotency key"
                raise Uncompilable(message)
            roots.append((self._root(kind, name, fields), is_required))
        read = [root for root, _ in roots if root.flat is not None]
        if len(read) == 1:
            read[0].be_alone()
        return Program(roots, self._arguments.checks)

    def _root(self, kind: GraphQLObjectType, key: str, fields: list[FieldNode]) -> Root:
        name = fields[0].name.value
        if name == "__typename":
            return Fixed(key, kind.name)
        if name.startswith("__"):
            message = "introspection"
            raise Uncompilable(message)
        bound = self._registry.fields[kind.name].get(name)
        if bound is None:
            return self._given(kind, key, fields)
        if isinstance(bound.read, ManyRead) and bound.is_paged:
            return ListRoot(key, name, self._layout.listed(bound, fields, kind))
        given = self._arguments.read(fields[0], "id")
        if isinstance(bound.read, FoundRead) and bound.target_type is not None:
            return RowRoot(key, name, bound.target_type.name, self._layout.found(bound, fields), given)
        if isinstance(bound.read, NodeRead):
            return self._node(key, name, fields, given)
        message = f"{name} is read in a way of its own"
        raise Uncompilable(message)

    def _node(self, key: str, name: str, fields: list[FieldNode], given: Any) -> Root:  # noqa: ANN401 - a Read
        """Of the type that the id names; the shape holds it."""
        sample: Any = given(SimpleNamespace(variables=self._values))
        decoded = decode_id(sample) if isinstance(sample, str) else None
        if decoded is None or not self._registry.is_node(decoded[0]):
            return Fixed(key, None)
        return RowRoot(key, name, decoded[0], self._found(decoded[0], fields), given)

    def _found(self, type_name: str, fields: list[FieldNode]) -> One:
        source: Source = self._registry.sources[type_name]
        bound = Bound(fields[0].name.value, FoundRead(), source, self._registry.types[type_name])
        return self._layout.found(bound, fields)

    # what hand-written resolvers give

    def _given(self, parent: GraphQLObjectType, key: str, fields: list[FieldNode]) -> Given:
        described: Any = parent.fields[fields[0].name.value]
        inner = named_type(described.type)
        if isinstance(inner, GraphQLObjectType) and inner.name in self._registry.sources:
            if not _is_single(described.type):
                message = f"{parent.name}.{fields[0].name.value} finds several rows"
                raise Uncompilable(message)
            one = self._found(inner.name, fields)
            one.flat.be_alone()
            return Given(key, parent, fields[0], _as_it_is, {inner.name: one})
        return Given(key, parent, fields[0], self._shown(described.type, fields), {})

    def _shown(self, kind: Any, fields: list[FieldNode]) -> Show | Shown:  # noqa: ANN401 - a type of the contract
        inner = named_type(kind)
        if not isinstance(inner, GraphQLObjectType) or self._is_plain(inner, fields):
            text = self._layout.plain.shown(kind, fields, "v")
            return self._code.get(self._code.function("v, e", f"return {text}"))
        shown: list[tuple[str, Show | Waits]] = []
        for name, chosen in self._planner.below(fields, inner).items():
            shown.append((name, self._part(inner, name, chosen)))
        nullable = cast("Any", kind).of_type if isinstance(kind, GraphQLNonNull) else kind
        return Shown(shown, is_list=isinstance(nullable, GraphQLList))

    def _part(self, kind: GraphQLObjectType, key: str, fields: list[FieldNode]) -> Show | Waits:
        name = fields[0].name.value
        if name == "__typename":
            return _always(kind.name)
        if self._is_plain_field(kind, fields):
            found = getter(kind, name)
            value = f"v.{found}" if isinstance(found, str) else f"{self._code.constant(found)}(v, e)"
            text = self._layout.plain.shown(kind.fields[name].type, fields, value)
            return self._code.get(self._code.function("v, e", f"return {text}"))
        bound = self._registry.fields[kind.name].get(name)
        if bound is not None and isinstance(bound.read, ReturnedRead) and bound.target_type is not None:
            one = self._found(bound.target_type.name, fields)
            one.flat.be_alone()
            return Returned(bound.name, one)
        if isinstance(kind.fields[name].type, GraphQLNonNull) and not self._ends_plain(kind.fields[name].type, fields):
            message = f"{kind.name}.{name} waits where nothing may be missing"
            raise Uncompilable(message)
        return self._given(kind, key, fields)

    def _ends_plain(self, kind: Any, fields: list[FieldNode]) -> bool:  # noqa: ANN401
        inner = named_type(kind)
        return not isinstance(inner, GraphQLObjectType) or self._is_plain(inner, fields)

    def _is_plain(self, kind: GraphQLObjectType, fields: list[FieldNode]) -> bool:
        """Whether nothing selected of these objects waits or is a declared row."""
        if kind.name in self._registry.sources:
            return False
        return all(self._is_plain_field(kind, chosen) for chosen in self._planner.below(fields, kind).values())

    def _is_plain_field(self, kind: GraphQLObjectType, fields: list[FieldNode]) -> bool:
        name = fields[0].name.value
        if name == "__typename":
            return True
        try:
            getter(kind, name)
        except Uncompilable:
            return False
        inner = named_type(kind.fields[name].type)
        return not isinstance(inner, GraphQLObjectType) or self._is_plain(inner, fields)


def _is_repeatable(described: Any) -> bool:  # noqa: ANN401 - a field of the mutations
    """Whether it may be asked again, should its answer turn out to be one that only the ordinary executor gives: it then finds what came of it."""
    argument = None if described is None else described.args.get("input")
    return argument is not None and "idempotencyKey" in named_type(argument.type).fields


def _is_single(kind: Any) -> bool:  # noqa: ANN401
    inner = cast("Any", kind).of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(inner, GraphQLObjectType | GraphQLScalarType)


def _as_it_is(value: Any, _env: Env) -> Any:  # noqa: ANN401
    return value


def _always(value: object) -> Show:
    return lambda _value, _env: value
