"""Where the project's source declares what a library runs for it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Place:
    """A line of the project, and the function or class that it is in."""

    file: str
    line: int
    name: str


def of_class(kind: type, names: Iterable[str] = ()) -> Place | None:
    """Where the first of these attributes is defined, in the class or one that it inherits from; else the class."""
    for name in names:
        for one in kind.__mro__:
            found = _in(one).get(name)
            if found and _readable(one):
                return Place(file=_readable(one), line=found, name=f"{one.__qualname__}.{name}")
    line = _in(kind).get("")
    return Place(file=_readable(kind), line=line, name=kind.__qualname__) if line else None


def of_field(kind: type, name: str) -> Place | None:
    """Where a serializer's or schema's field is declared: by itself, or in the list of its Meta class."""
    return of_class(kind, (name, f"Meta.{name}"))


@cache
def _readable(kind: type) -> str:
    try:
        file = inspect.getsourcefile(kind)
    except TypeError:
        return ""
    return file or ""


@cache
def _in(kind: type) -> dict[str, int]:
    """The line of each attribute that the class's source defines. "" is the class itself."""
    file = _readable(kind)
    if not file or "site-packages" in file:
        return {}
    tree = _tree(file)
    node = next((one for name, one in _classes(tree, "") if name == kind.__qualname__), None) if tree else None
    if node is None:
        return {}
    found = {"": node.lineno}
    for name, line in _attributes(node):
        found.setdefault(name, line)
    return found


@cache
def _tree(file: str) -> ast.Module | None:
    try:
        return ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError):
        return None


def _classes(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield prefix + child.name, child
            yield from _classes(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _classes(child, f"{prefix}{child.name}.<locals>.")


def _attributes(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child.name, child.lineno
        elif isinstance(child, ast.Assign):
            yield from ((one.id, child.lineno) for one in child.targets if isinstance(one, ast.Name))
        elif isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            yield child.target.id, child.lineno
        elif isinstance(child, ast.ClassDef) and child.name == "Meta":
            for word in ast.walk(child):
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    yield f"Meta.{word.value}", word.lineno
