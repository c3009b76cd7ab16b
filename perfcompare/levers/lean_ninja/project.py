"""Ninja's operations in a project."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from ninja.operation import Operation, PathView

from perfcompare.levers._project import Project


def operations(project: Project) -> tuple[Operation, ...]:
    """Those that the URLconf leads to."""
    views = dict.fromkeys(view for callback in project.callbacks for view in _path_views(callback))
    return tuple(operation for view in views for operation in view.operations)


def _path_views(callback: Callable[..., object]) -> Iterator[PathView]:
    """What Ninja's view of a path, and the lever's, close over."""
    for cell in getattr(inspect.unwrap(callback), "__closure__", None) or ():
        try:
            kept = cell.cell_contents
        except ValueError:  # an empty cell
            continue
        if isinstance(kept, PathView):
            yield kept


def name_of(operation: Operation) -> str:
    """The dotted path of its view function."""
    function: Any = operation.view_func
    return f"{function.__module__}.{function.__qualname__}"
