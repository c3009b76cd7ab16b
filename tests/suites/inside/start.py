"""Begins what is done inside, before the tests import Django: called by the `sitecustomize` that the runner writes."""

from __future__ import annotations

import atexit
import json
import os
from typing import Any, Final

from . import configuring, installing, outcomes

VARIABLE: Final = "PERFCOMPARE_SUITE"


def begin() -> None:
    """Record outcomes; let settings name PostgreSQL; with levers, install them when the apps are ready."""
    plan: dict[str, Any] = json.loads(os.environ[VARIABLE])
    outcomes.begin(plan["outcomes"])
    configuring.begin(plan["database"], plan["suite"], plan["levers"])
    if plan["levers"]:
        installing.begin(plan["levers"], handlers=plan["handlers"])
        atexit.register(installing.report, plan["activity"])
