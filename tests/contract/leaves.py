"""What can be selected of a type without going to other rows: its columns and what is computed beside them."""

from graphql import GraphQLObjectType, is_required_argument

from graphql_api.reads import ManyRead, OneRead
from graphql_api.registry import Registry
from graphql_api.shapes import named_type

_DEEPEST = 5


def leaves(registry: Registry, kind: GraphQLObjectType, depth: int = 0) -> str:
    """A selection of everything that costs no further rows."""
    parts: list[str] = []
    for name, described in kind.fields.items():
        bound = registry.fields.get(kind.name, {}).get(name)
        inner = named_type(described.type)
        if bound is not None and isinstance(bound.read, OneRead | ManyRead):
            continue
        if any(is_required_argument(argument) for argument in described.args.values()):
            continue
        if not isinstance(inner, GraphQLObjectType):
            parts.append(name)
        elif inner.name not in registry.sources and depth < _DEEPEST:
            parts.append(f"{name} {{ {leaves(registry, inner, depth + 1)} }}")
    return " ".join(parts)
