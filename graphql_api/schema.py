"""The schema, put together from the areas: `graphql_api/<area>/queries.py` gives `<Area>Query`, and so do `mutations.py` and `subscriptions.py`."""

import importlib
import inspect
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from graphql_api.registry import Registry
from graphql_api.resolvers import install
from graphql_api.scalars import SCALARS
from graphql_api.sources import NodesQuery

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contract:
    """The schema as Strawberry has it, as graphql-core executes it, and the declarations bound to it."""

    strawberry: strawberry.Schema
    executable: GraphQLSchema
    registry: Registry


def build(secret: bytes, *areas: type) -> Contract:
    """The contract of the whole product; or, for tests, of the given parts. `secret` signs cursors."""
    parts = areas or tuple(found_parts())
    queries = tuple(part for part in parts if part.__name__.endswith("Query"))
    mutations = tuple(part for part in parts if part.__name__.endswith("Mutation"))
    query = strawberry.type(type("Query", (*queries, NodesQuery), {}), description="All reads.")
    mutation = strawberry.type(type("Mutation", mutations, {}), description="All writes.") if mutations else None
    waited = tuple(part for part in parts if part.__name__.endswith("Subscription"))
    subscription = (
        strawberry.type(type("Subscription", waited, {}), description="What is told as it happens.") if waited else None
    )
    made = strawberry.Schema(
        query=query, mutation=mutation, subscription=subscription, config=StrawberryConfig(scalar_map=SCALARS)
    )
    executable: GraphQLSchema = made._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    registry = Registry(executable, secret)
    install(executable, registry)
    return Contract(made, executable, registry)


@cache
def found_parts() -> tuple[type, ...]:
    """All Query, Mutation and Subscription parts of the areas, in the order of their names."""
    names = [
        f"graphql_api.{file.parent.relative_to(_HERE).as_posix().replace('/', '.')}.{file.stem}"
        for kind in ("queries", "mutations", "subscriptions")
        for file in sorted(_HERE.glob(f"**/{kind}.py"))
        if file.parent != _HERE
    ]
    return tuple(part for name in names for part in _parts(importlib.import_module(name)))


def _parts(module: ModuleType) -> list[type]:
    ending = ("Query", "Mutation", "Subscription")
    return [
        part
        for name, part in inspect.getmembers(module, inspect.isclass)
        if name.endswith(ending) and part.__module__ == module.__name__
    ]
