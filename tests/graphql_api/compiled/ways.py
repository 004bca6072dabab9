"""How each field, argument and filter's field of the schema is reached from the Query: the shortest way.

It goes by names of fields, and of types where a fragment is needed.
"""

from collections import deque

from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from graphql_api.shapes import named_type

Way = tuple[str, ...]


def ways(schema: GraphQLSchema) -> dict[str, Way]:
    """By `Type.field`, `Type.field(argument)` and `Filter.field`, for everything that a query can say."""
    query = schema.query_type
    assert query is not None
    found: dict[str, Way] = {}
    waiting: deque[tuple[GraphQLObjectType | GraphQLInterfaceType, Way]] = deque([(query, ())])
    entered = {query.name}
    while waiting:
        kind, way = waiting.popleft()
        below: list[tuple[str, object]] = []
        if isinstance(kind, GraphQLInterfaceType):
            below += [(possible.name, possible) for possible in schema.get_possible_types(kind)]
        for name, described in kind.fields.items():
            found[f"{kind.name}.{name}"] = (*way, name)
            for argument, item in described.args.items():
                found[f"{kind.name}.{name}({argument})"] = (*way, name)
                inner = named_type(item.type)
                if isinstance(inner, GraphQLInputObjectType):
                    found |= {f"{inner.name}.{field}": (*way, name) for field in inner.fields}
            below.append((name, named_type(described.type)))
        for step, inner in below:
            if isinstance(inner, GraphQLObjectType | GraphQLInterfaceType) and inner.name not in entered:
                entered.add(inner.name)
                waiting.append((inner, (*way, step)))
    del found["Node.id"]  # is always selected, and not counted
    return found
