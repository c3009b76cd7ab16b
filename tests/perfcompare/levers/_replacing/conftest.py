from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from perfcompare.core.versions import Range
from perfcompare.levers._replacing import Installation, Part, installation

Make = Callable[..., Installation]


@pytest.fixture
def lever(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes the installation of a lever, whose parts are given by name with their replacements, and takes it away."""
    made: list[Installation] = []

    def make(tested: tuple[Range, ...] = (), optional: tuple[Range, ...] = (), **parts: Any) -> Installation:
        for name, replacements in parts.items():
            module = ModuleType(f"perfcompare.levers.sample.{name}")
            vars(module).update(replacements if isinstance(replacements, dict) else {"REPLACEMENTS": replacements})
            monkeypatch.setitem(sys.modules, module.__name__, module)
        made.append(Installation("sample", *(Part(name, tested=optional) for name in parts), tested=tested))
        return made[-1]

    yield make
    for one in made:
        one.uninstall()
    installation._installations.pop("sample", None)
