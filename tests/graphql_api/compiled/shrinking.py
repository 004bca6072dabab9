"""The smallest operation that still shows a difference: parts are left out one by one, as long as it does."""

import copy
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    VariableNode,
    parse,
    print_ast,
)

from tests.graphql_api.compiled.operations import Operation

_LISTS = ("definitions", "selections", "arguments", "directives", "fields", "values")
_MOST = 600

Differs = Callable[[Operation], Awaitable[bool]]


async def shrink(operation: Operation, differs: Differs) -> Operation:
    """Largest parts first, again and again, until nothing more can be left out; a document that cannot be parsed stays as it is."""
    tried = 0
    changed = True
    while changed and tried < _MOST:
        changed = False
        for smaller in _smaller(operation):
            tried += 1
            if tried > _MOST:
                break
            if await differs(smaller):
                operation, changed = smaller, True
                break
    return operation


def _smaller(operation: Operation) -> Iterator[Operation]:
    try:
        document = parse(operation.text, no_location=True)
    except GraphQLSyntaxError:
        return
    for plainer in ({"method": "POST"}, {"language": "zh"}, {"accept": "application/graphql-response+json"}):
        (name, value), *_ = plainer.items()
        if getattr(operation, name) != value:
            yield replace(operation, **plainer)
    for path in sorted(_parts(document, ()), key=lambda found: -found[1]):
        changed = copy.deepcopy(document)
        if _leave_out(changed, path[0]):
            yield _tidied(operation, changed)
    for path, _ in _parts(document, ()):
        changed = copy.deepcopy(document)
        if _unwrap(changed, path):
            yield _tidied(operation, changed)


Path = tuple[tuple[str, int], ...]


def _parts(node: Node, path: Path) -> Iterator[tuple[Path, int]]:
    """Every item of every list in the tree, with its size."""
    for name in node.keys:
        value = getattr(node, name, None)
        if isinstance(value, Node):
            yield from _parts(value, (*path, (name, -1)))
        elif isinstance(value, tuple | list):
            for place, item in enumerate(value):
                below = (*path, (name, place))
                if name in _LISTS:
                    yield below, len(print_ast(item))
                yield from _parts(item, below)


def _follow(node: Any, path: Path) -> Any:
    for name, place in path:
        value = getattr(node, name)
        node = value if place < 0 else value[place]
    return node


def _leave_out(document: DocumentNode, path: Path) -> bool:
    holder, (name, place) = _follow(document, path[:-1]), path[-1]
    items = list(getattr(holder, name))
    if len(items) == 1 and name in {"definitions", "selections"}:
        return False
    del items[place]
    _put(holder, name, items)
    return True


def _unwrap(document: DocumentNode, path: Path) -> bool:
    """A fragment's selections in place of the fragment."""
    holder, (name, place) = _follow(document, path[:-1]), path[-1]
    items = list(getattr(holder, name))
    found: Any = items[place]
    if isinstance(found, FragmentSpreadNode):
        named = found.name.value
        found = next(
            node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode) and node.name.value == named
        )
    elif not isinstance(found, InlineFragmentNode):
        return False
    items[place : place + 1] = found.selection_set.selections
    _put(holder, name, items)
    return True


def _put(node: Node, name: str, items: Sequence[Any]) -> None:
    """Nodes are frozen; these are copies of our own."""
    object.__setattr__(node, name, tuple(items))


def _tidied(operation: Operation, document: DocumentNode) -> Operation:
    """Without the fragments and variables that nothing uses any more."""
    definitions = list(document.definitions)
    while True:
        spread = {
            node.name.value for each in definitions for node in _nodes(each) if isinstance(node, FragmentSpreadNode)
        }
        kept = [
            each for each in definitions if not isinstance(each, FragmentDefinitionNode) or each.name.value in spread
        ]
        if len(kept) == len(definitions):
            break
        definitions = kept
    fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
    used: set[str] = set()
    for each in definitions:
        if isinstance(each, OperationDefinitionNode):
            mine = _variables(each, fragments)
            defined = [node for node in each.variable_definitions or () if node.variable.name.value in mine]
            _put(each, "variable_definitions", defined)
            used |= mine
    _put(document, "definitions", definitions)
    variables = {name: value for name, value in operation.variables.items() if name in used}
    single = sum(isinstance(each, OperationDefinitionNode) for each in definitions) == 1
    return replace(operation, text=print_ast(document), variables=variables, name=None if single else operation.name)


def _variables(operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> set[str]:
    """Those that an operation uses, in its fragments too."""
    found: set[str] = set()
    waiting: list[Node] = [operation.selection_set]
    entered: set[str] = set()
    while waiting:
        for node in _nodes(waiting.pop()):
            if isinstance(node, VariableNode):
                found.add(node.name.value)
            elif (
                isinstance(node, FragmentSpreadNode) and node.name.value in fragments and node.name.value not in entered
            ):
                entered.add(node.name.value)
                waiting.append(fragments[node.name.value].selection_set)
    return found


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for name in node.keys:
        value = getattr(node, name, None)
        for item in value if isinstance(value, tuple | list) else (value,):
            if isinstance(item, Node):
                yield from _nodes(item)
