"""What a server's process says about itself, so that a process under a debugger or profiler is recognised."""

from __future__ import annotations

import sys
from typing import Any, Final

from perfcompare.core import collector

SUSPECTS: Final = ("silk", "debug_toolbar", "pyinstrument", "coverage", "debugpy")
"""Modules that watch every request or call. In a timed process they would become part of its figures."""


def facts(*, debug: bool) -> dict[str, Any]:
    """`debug` (what the framework says), `loaded` (suspects among the loaded modules), `traced` (every call is)."""
    return {
        "debug": debug,
        "loaded": [name for name in SUSPECTS if name in sys.modules],
        "traced": sys.gettrace() is not None or sys.getprofile() is not None,
    }


collector.tell()
