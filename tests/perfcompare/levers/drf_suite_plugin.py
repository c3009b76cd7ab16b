"""Installs the levers for DRF in the run of DRF's own tests; a pytest plug-in of that run alone."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

_made = 0


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Install them once DRF's conftest has set Django up."""
    from perfcompare.levers.compiled_serializers.install import INSTALLATION as SERIALIZERS
    from perfcompare.levers.compiled_writes.install import INSTALLATION as WRITES
    from perfcompare.levers.insert_first.install import INSTALLATION as INSERT_FIRST
    from perfcompare.levers.lean_drf.install import INSTALLATION as LEAN

    SERIALIZERS.install()
    WRITES.install("unique", "validators")
    INSERT_FIRST.install()
    LEAN.install()
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
