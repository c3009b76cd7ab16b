from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from perfcompare import levers

MOST = 55
"""So many parameters of levers are `Any` now. Lower it with them, and never raise it."""


def _modules() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted(Path(levers.__path__[0]).rglob("*.py"))}


def _aliases(module: ast.Module) -> set[str]:
    """What a module calls `Any`."""
    given = [one for one in module.body if isinstance(one, ast.Assign) and ast.unparse(one.value) == "Any"]
    return {ast.unparse(target) for one in given for target in one.targets}


def _imported(module: ast.Module) -> Iterator[tuple[str, str]]:
    """The names that a module imports, each with the last part of the module that they come from."""
    for one in module.body:
        if isinstance(one, ast.ImportFrom) and one.module is not None:
            yield from ((one.module.rpartition(".")[2], name.name) for name in one.names)


def _parameters(module: ast.Module) -> Iterator[ast.arg]:
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            given = function.args
            yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)
            yield from (one for one in (given.vararg, given.kwarg) if one is not None)


def test_no_more_parameters_of_levers_are_any_than_before() -> None:
    modules = _modules()
    aliases = {(path.stem, name) for path, module in modules.items() for name in _aliases(module)}
    found = []
    for path, module in modules.items():
        names = {"Any", *_aliases(module), *(name for origin, name in _imported(module) if (origin, name) in aliases)}
        unknown = names | {f"{name} | None" for name in names}
        found += [
            f"{path}:{one.lineno}: {one.arg}"
            for one in _parameters(module)
            if one.annotation is not None and ast.unparse(one.annotation) in unknown
        ]

    assert len(found) <= MOST, "\n".join(found)
