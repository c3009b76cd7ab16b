"""What the starter of this process wants: in a variable, because settings modules have no arguments."""

from __future__ import annotations

import json
import os
from typing import Any, Final

VARIABLE: Final = "PERFCOMPARE_REAL_PROJECT"


def plan() -> dict[str, Any]:
    """The settings module of the project, what replaces its settings, its database, and changes by name."""
    read: dict[str, Any] = json.loads(os.environ[VARIABLE])
    return read
