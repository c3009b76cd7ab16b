"""What the tests cover: each module of this project has probes, and coverage.py reports what they saw."""

from __future__ import annotations

from typing import Final

VARIABLE: Final = "PYTHONPYCACHEPREFIX"
"""Python's own: where it keeps byte code. A process that inherits it runs the modules with probes."""
