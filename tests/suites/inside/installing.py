"""The levers in the suite's process: installed as their apps do it when all apps are ready, and counted."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any, Final

from .declared import declared

_called: Final[Counter[str]] = Counter()
_left: Final[Counter[str]] = Counter()


def begin(levers: Sequence[str], *, handlers: bool) -> None:
    """Install them at the end of the first `django.setup()`."""
    from django.apps.registry import Apps

    populate = Apps.populate
    installed: list[bool] = []

    def populated(self: Any, *args: Any) -> Any:
        answer = populate(self, *args)
        if self.ready and not installed:
            installed.append(True)
            _count()
            _install(levers)
            if handlers:
                from . import handling

                handling.replace()
        return answer

    registry: Any = Apps
    registry.populate = populated
    _exchange_middleware(levers)


def report(path: str) -> None:
    """Append what they have done in this process; nothing when it never set Django up."""
    from perfcompare.levers import status
    from perfcompare.levers._replacing import installations

    if not installations():
        return
    stock = {
        f"{name}.{part.name}": part.reasons
        for name, lever in status().items()
        for part in lever.parts
        if part.state.value != "active"
    }
    line = {"called": _called, "left": _left, "stock": stock}
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(line)}\n")


def called(name: str) -> None:
    """Count what has no replacement."""
    _called.update((name,))


def _install(levers: Sequence[str]) -> None:
    from django.apps import AppConfig

    for lever in filter(_has_its_packages, levers):
        settings: dict[str, Any] = {"INSTALLED_APPS": [], "DATABASES": {"default": {"ENGINE": ""}}, "CACHES": {}}
        declared(lever).settings(settings)
        for app in settings["INSTALLED_APPS"]:
            AppConfig.create(app).ready()


def _has_its_packages(lever: str) -> bool:
    """Whether a project with the suite's packages would list it."""
    from perfcompare.levers._replacing import installations

    name = f"perfcompare.levers.{lever}.install"
    if importlib.util.find_spec(name) is None:
        return True
    importlib.import_module(name)
    return all(one.installed or not one.needed for one in installations()[lever].tested)


def _exchange_middleware(levers: Sequence[str]) -> None:
    """Where a handler imports middleware by name: suites give their own lists of it, test by test."""
    from django.core.handlers import base

    handler: Any = base
    load = handler.import_string

    def imported(name: str) -> Any:
        settings: dict[str, Any] = {"MIDDLEWARE": [name], "INSTALLED_APPS": [], "CACHES": {}, "DATABASES": {}}
        for lever in levers:
            if lever == "inline_middleware":
                declared(lever).settings(settings)
        exchanged = settings["MIDDLEWARE"][0]
        if exchanged != name:
            called(f"inline_middleware: {name}")
        return load(exchanged)

    handler.import_string = imported


def _count() -> None:
    """Let each replacement count how often it is called, and how often it leaves the call to the original."""
    from perfcompare.levers._replacing.replacement import Replacement

    replacement: Any = Replacement
    install = replacement.install

    def installed(self: Any) -> None:
        name = (
            f"{self.new.__module__.removeprefix('perfcompare.levers.').partition('.')[0]}: {self.target}"
            if (isinstance(self.new, FunctionType))
            else ""
        )
        if name and not self.is_active:
            self.new = _counted(self.new, lambda: _called.update((name,)))
            install(self)
            if isinstance(self.original, FunctionType):
                self.original = _counted(self.original, lambda: _left.update((name,)))
        else:
            install(self)

    replacement.install = installed


def _counted(function: FunctionType, count: Callable[[], None]) -> Any:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def acounted(*args: Any, **kwargs: Any) -> Any:
            count()
            return await function(*args, **kwargs)

        return acounted

    @functools.wraps(function)
    def counted(*args: Any, **kwargs: Any) -> Any:
        count()
        return function(*args, **kwargs)

    return counted
