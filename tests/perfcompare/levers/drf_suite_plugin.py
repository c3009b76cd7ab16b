"""Installs the levers for DRF in the run of DRF's own tests; a pytest plug-in of that run alone."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

_made = 0


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Install them once DRF's conftest has set Django up."""
    from perfcompare.levers.compiled_serializers import install as compiled
    from perfcompare.levers.compiled_writes import unique, validators
    from perfcompare.levers.insert_first import creating
    from perfcompare.levers.lean_drf import install as lean

    compiled.install()
    unique.install()
    validators.install()
    creating.install()
    lean.install()
    nodes: Any = importlib.import_module("perfcompare.levers.compiled_serializers.nodes")
    generate = nodes.code_for

    def counting(*arguments: Any) -> Any:
        global _made
        _made += 1
        return generate(*arguments)

    nodes.code_for = counting


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was compiled."""
    terminalreporter.write_line(f"compiled: {_made}")
