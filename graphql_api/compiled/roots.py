"""What stands at the root of an operation: declared rows and lists, nodes by their ids, and what hand-written resolvers give.

Declared roots of one operation are read in one transaction. A hand-written resolver opens transactions of its own, so it runs before that one begins.
"""

from collections.abc import Callable, Mapping
from inspect import isawaitable
from types import TracebackType
from typing import Any
from uuid import UUID

from graphql import FieldNode, GraphQLObjectType, get_argument_values

from graphql_api.compiled.bail import Bail
from graphql_api.compiled.flats import Env, Flat, Many, One
from graphql_api.ids import find_key

Show = Callable[[Any, Env], Any]


class Reading:
    """`async with` a transaction for the declared rows that are asked for within; `alone`: for one statement, which binds itself."""

    __slots__ = ("_env", "_transaction")

    def __init__(self, env: Env, *, alone: bool) -> None:
        app, tenant_id = env.context.services.app, env.actor.tenant.id
        self._env = env
        self._transaction = None if alone else app.read_directly(tenant_id)
        env.session = app.alone(tenant_id) if alone else None

    async def __aenter__(self) -> None:
        if self._transaction is not None:
            self._env.session = await self._transaction.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._env.session = None
        if self._transaction is not None:
            await self._transaction.__aexit__(kind, failure, trace)


class Root:
    """A field of the operation's root, under its name in the answer."""

    flat: Flat | None = None
    """What it reads in the operation's own transaction."""

    def __init__(self, key: str, asked: str) -> None:
        self.key = key
        self.asked = asked

    def be_alone(self) -> None:
        """Nothing else is read: where that takes one statement, it is a transaction of its own."""
        if self.flat is not None:
            self.flat.be_alone()

    async def run(self, env: Env) -> Any:  # noqa: ANN401 - a part of the answer
        """What the field shows."""
        raise NotImplementedError


class Fixed(Root):
    """The same for everybody: `__typename`."""

    def __init__(self, key: str, value: object) -> None:
        super().__init__(key, key)
        self.value = value

    async def run(self, env: Env) -> Any:  # noqa: ANN401, ARG002
        return self.value


class ListRoot(Root):
    """A page of a declared list."""

    def __init__(self, key: str, asked: str, many: Many) -> None:
        super().__init__(key, asked)
        self.many = many
        self.flat = many.flat

    def be_alone(self) -> None:
        if self.many.count is None:
            super().be_alone()

    async def run(self, env: Env) -> Any:  # noqa: ANN401
        env.asked = self.asked
        many = self.many
        records = await env.records(many.flat.ask)
        rows, related = await many.flat.complete(many.cut.rows(records), env)
        total = None
        if many.count is not None:
            total = (await env.records(many.count))[0][0]
        return many.render(rows, related, env, *many.cut.edges(records), total)


async def row_of(one: One, key: UUID, env: Env) -> Any:  # noqa: ANN401
    """The row with this key, as it is shown; None where there is none that the actor sees."""
    env.keys = [key]
    records = await env.records(one.flat.ask)
    rows, related = await one.flat.complete(records[-1:], env)
    return one.render(rows, related, env)[0] if rows else None


class RowRoot(Root):
    """A declared row by the id that `given` reads; `type_name` is what the id must be of."""

    def __init__(self, key: str, asked: str, type_name: str, one: One, given: Callable[[Env], Any]) -> None:
        super().__init__(key, asked)
        self.type_name = type_name
        self.one = one
        self.flat = one.flat
        self.given = given

    async def run(self, env: Env) -> Any:  # noqa: ANN401
        env.asked = self.asked
        found = find_key(self.given(env), self.type_name)
        return None if found is None else await row_of(self.one, found, env)


class Given(Root):
    """A hand-written resolver; `show` makes the answer of what it gave, `rows` are the declared rows it may find, by type."""

    def __init__(
        self, key: str, parent: GraphQLObjectType, node: FieldNode, show: "Show | Shown", rows: Mapping[str, One]
    ) -> None:
        name = node.name.value
        super().__init__(key, name)
        self._described: Any = parent.fields[name]
        self._node = node
        self._show = show
        self._rows = rows

    async def run(self, env: Env) -> Any:  # noqa: ANN401
        return await self.of(None, env)

    async def of(self, source: object, env: Env) -> Any:  # noqa: ANN401
        """What the field of this object shows."""
        arguments: dict[str, Any] = {}
        if self._node.arguments:
            arguments = get_argument_values(self._described, self._node, Coerced(env.variables))  # pyright: ignore[reportArgumentType]
        value = self._described.resolve(source, GivenInfo(self, env), **arguments)
        if isawaitable(value):
            value = await value
        if self._rows:
            return value
        return await self._show.show(value, env) if isinstance(self._show, Shown) else self._show(value, env)

    async def declared_row(self, env: Env, type_name: str, key: UUID) -> Any:  # noqa: ANN401
        """For a resolver that finds a row of a declared type."""
        one = self._rows.get(type_name)
        if one is None:
            raise Bail
        env.asked = self.asked
        async with Reading(env, alone=one.flat.alone):
            return await row_of(one, key, env)


class Returned:
    """A payload's row: the one whose id the command returned, read afresh."""

    def __init__(self, name: str, one: One) -> None:
        self._name = name
        self._one = one

    async def of(self, source: Any, env: Env) -> Any:  # noqa: ANN401 - a Payload
        """The row, as the answer shows it."""
        key = source.ids.get(self._name)
        if key is None:
            return None
        env.asked = self._name
        async with Reading(env, alone=self._one.flat.alone):
            return await row_of(self._one, key, env)


Waits = Given | Returned
"""A field that waits for the database."""


class Shown:
    """An object with fields that wait, shown field by field; `is_list`: several of them."""

    def __init__(self, fields: list[tuple[str, Show | Waits]], *, is_list: bool) -> None:
        self._fields = fields
        self._is_list = is_list

    async def show(self, value: Any, env: Env) -> Any:  # noqa: ANN401
        """The object, or the objects."""
        if value is None:
            return None
        if self._is_list:
            return [await self._object(one, env) for one in value]
        return await self._object(value, env)

    async def _object(self, value: Any, env: Env) -> dict[str, Any]:  # noqa: ANN401
        return {
            name: await field.of(value, env) if isinstance(field, Given | Returned) else field(value, env)
            for name, field in self._fields
        }


class Coerced:
    """Variables as graphql-core hands them on."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.coerced = values
        self.sources: dict[str, Any] = {}


class GivenInfo:
    """What a hand-written resolver is told of where it stands; `declared_row` is how `find_row` gets at what is compiled below it."""

    def __init__(self, given: Given, env: Env) -> None:
        self._given = given
        self._env = env
        self.context = env.context
        self.field_name = given.asked
        self.root_value = None

    async def declared_row(self, type_name: str, key: UUID) -> Any:  # noqa: ANN401
        """The row, as the answer shows it."""
        return await self._given.declared_row(self._env, type_name, key)
