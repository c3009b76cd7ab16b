"""The levers in the suite's process: installed as their apps do it when all apps are ready, and counted."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from .declared import declared

_called: Final[Counter[str]] = Counter()


def begin(levers: Sequence[str], *, handlers: bool) -> None:
    """Install them at the end of the first `django.setup()`."""
    from django.apps.registry import Apps

    populate = Apps.populate
    installed: list[bool] = []

    def populated(self: Any, *args: Any) -> Any:
        answer = populate(self, *args)
        if self.ready and not installed:
            installed.append(True)
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
    calls, left = Counter(_called), Counter[str]()
    for name, lever in installations().items():
        for one in (one for part in lever.parts.values() for one in part.replacements):
            own, stock = one.tally.read()
            calls[f"{name}: {one.target}"] += own + stock
            left[f"{name}: {one.target}"] += stock
    off = {
        f"{name}.{part.name}": part.reasons
        for name, lever in status().items()
        for part in lever.parts
        if part.state.value != "active"
    }
    line = {"called": +calls, "left": +left, "stock": off}
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
        if exchanged is not name:  # it is still called so
            called(f"inline_middleware: {name}")
        return load(exchanged)

    handler.import_string = imported
