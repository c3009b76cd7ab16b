"""What the starter of a process of a project wants: in a variable, because settings modules have no arguments."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

VARIABLE: Final = "PERFCOMPARE_REAL_PROJECT"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the process's settings are made."""

    settings: str = ""
    """The settings module of the project; empty when it has none."""
    overlay: Mapping[str, Any] = field(default_factory=dict)
    """What takes the place of its settings."""
    database: Mapping[str, str] = field(default_factory=dict)
    """The place of the default database, in the words of Django's settings."""
    changes: Sequence[str] = ()
    """Changes by name."""
    altered: str = ""
    """The path whose answer has another value in one field."""

    def told(self) -> dict[str, str]:
        """The variables that tell it to the process."""
        return {"DJANGO_SETTINGS_MODULE": "project_inside.settings", VARIABLE: json.dumps(asdict(self))}


def plan() -> Plan:
    """That of this process."""
    return Plan(**json.loads(os.environ[VARIABLE]))
