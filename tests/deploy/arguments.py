"""Which parameters of an address a module asks for, read off its source."""

import ast
from collections.abc import Iterator

_WHOLE = {"args", "values", "query_string", "full_path", "url"}
_BY_NAME = {"get", "getlist"}


def names_asked_for(source: str) -> tuple[set[str], list[str]]:
    """The names, and in the source's words what asks by no name that can be read off it."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    names: set[str] = set()
    unclear = []
    for node in ast.walk(tree):
        if not _is_address(node):
            continue
        place = _expression_around(node, parents)
        found = set(_names(place, parents))
        names |= found
        if not found:
            unclear.append(ast.unparse(place))
    return names, unclear


def _is_address(node: ast.AST) -> bool:
    """`request.args` and its like."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in _WHOLE
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    )


def _expression_around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST:
    """What is done with it: the call of a method, a look by name, or whatever else it stands in."""
    above = parents[node]
    while isinstance(above, ast.Attribute | ast.Starred) or (
        isinstance(above, ast.Call) and above.func is not node and isinstance(node, ast.Attribute)
    ):
        node, above = above, parents[above]
        if isinstance(node, ast.Call):
            return node
    return above


def _names(place: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    match place:
        case ast.Call(func=ast.Attribute(attr=attr, value=value), args=[name, *_]) if (
            attr in _BY_NAME and _is_args(value)
        ):
            yield from _texts(name, parents)
        case ast.Subscript(value=value, slice=name) if _is_args(value):
            yield from _texts(name, parents)
        case ast.Compare(left=name, ops=[ast.In() | ast.NotIn()], comparators=[value]) if _is_args(
            value
        ):
            yield from _texts(name, parents)


def _is_args(node: ast.AST) -> bool:
    """What is looked up by name, in a form too or not."""
    return isinstance(node, ast.Attribute) and _is_address(node) and node.attr in {"args", "values"}


def _texts(name: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    """A literal, or each literal that a comprehension around it puts there."""
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        yield name.value
    node = name
    while isinstance(name, ast.Name) and node in parents:
        node = parents[node]
        for loop in getattr(node, "generators", ()):
            if ast.unparse(loop.target) == name.id and isinstance(loop.iter, ast.Tuple | ast.List):
                yield from (str(ast.literal_eval(each)) for each in loop.iter.elts)
