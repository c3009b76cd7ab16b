"""For what must not run under coverage.py when the tests do: timed servers, and programs that treat a tracer apart."""

from __future__ import annotations

import os
from typing import Final

VARIABLE: Final = "COVERAGE_PROCESS_CONFIG"
"""By it coverage.py starts in a child process."""


def environ() -> dict[str, str]:
    """This process's environment without VARIABLE."""
    return {name: value for name, value in os.environ.items() if name != VARIABLE}
