"""What the tests cover: each module of this project has probes, and coverage.py reports what they saw."""

from __future__ import annotations

import os
from typing import Final

VARIABLE: Final = "PYTHONPYCACHEPREFIX"
"""Python's own: where it keeps byte code. A process that inherits it runs the modules with probes."""


def environ() -> dict[str, str]:
    """For child processes with an environment of their own that are measured too; empty when nothing is measured."""
    return {name: os.environ[name] for name in (VARIABLE,) if name in os.environ}
