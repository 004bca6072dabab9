"""The schema, put together from the areas: `graphql_api/<area>/queries.py` gives `<Area>Query`, `mutations.py` gives `<Area>Mutation`."""

import importlib
import inspect
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from graphql_api.context import Info
from graphql_api.registry import Registry
from graphql_api.resolvers import find_nodes, install
from graphql_api.scalars import SCALARS
from graphql_api.sources import Node

_HERE = Path(__file__).parent


@strawberry.type
class NodesQuery:
    """The roots that serve every type."""

    @strawberry.field(description="Any object by its id; null where there is none that you see.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 - the argument's name in the contract
        """One object."""
        return (await find_nodes(info._raw_info, [id]))[0]  # noqa: SLF001 # pyright: ignore

    @strawberry.field(description="Objects by their ids (at most 100), in their order; null where there is none that you see.")
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        """Several objects."""
        return await find_nodes(info._raw_info, ids)  # noqa: SLF001 # pyright: ignore


@dataclass(frozen=True)
class Contract:
    """The schema as Strawberry has it, as graphql-core executes it, and the declarations bound to it."""

    strawberry: strawberry.Schema
    executable: GraphQLSchema
    registry: Registry


def build(secret: bytes, *areas: type) -> Contract:
    """The contract of the whole product; or, for tests, of the given Query and Mutation parts. `secret` signs cursors."""
    parts = areas or tuple(found_parts())
    queries = tuple(part for part in parts if part.__name__.endswith("Query"))
    mutations = tuple(part for part in parts if part.__name__.endswith("Mutation"))
    query = strawberry.type(type("Query", (*queries, NodesQuery), {}), description="All reads.")
    mutation = strawberry.type(type("Mutation", mutations, {}), description="All writes.") if mutations else None
    made = strawberry.Schema(query=query, mutation=mutation, config=StrawberryConfig(scalar_map=SCALARS))
    executable: GraphQLSchema = made._schema  # noqa: SLF001 # pyright: ignore
    registry = Registry(executable, secret)
    install(executable, registry)
    return Contract(made, executable, registry)


@cache
def found_parts() -> tuple[type, ...]:
    """All Query and Mutation parts of the areas, in the order of their names."""
    names = [
        f"graphql_api.{file.parent.relative_to(_HERE).as_posix().replace('/', '.')}.{file.stem}"
        for kind in ("queries", "mutations")
        for file in sorted(_HERE.glob(f"**/{kind}.py"))
        if file.parent != _HERE
    ]
    return tuple(part for name in names for part in _parts(importlib.import_module(name)))


def _parts(module: ModuleType) -> list[type]:
    ending = ("Query", "Mutation")
    return [
        part
        for name, part in inspect.getmembers(module, inspect.isclass)
        if name.endswith(ending) and part.__module__ == module.__name__
    ]
