"""The settings of somebody else's project as this machine needs them, with the changes that the process is to have."""

from __future__ import annotations

import importlib
import sys
from typing import Any, Final

from perfcompare.project.changes import of_names

from .plan import plan

_PLAN: Final = plan()


def _settings() -> dict[str, Any]:
    own = importlib.import_module(_PLAN.settings) if _PLAN.settings else None
    found = {name: getattr(own, name) for name in dir(own) if name.isupper()}
    found |= {"DEBUG": False, "ALLOWED_HOSTS": ["*"], **_PLAN.overlay}
    found["DATABASES"] = {**found.get("DATABASES", {}), "default": _database(found)}
    found["INSTALLED_APPS"] = [*found["INSTALLED_APPS"], "perfcompare"]
    if _PLAN.altered:
        found["MIDDLEWARE"] = ["project_inside.altering.Altering", *found["MIDDLEWARE"]]
    for change in of_names(_PLAN.changes).values():
        change.settings(found)
    return found


def _database(found: dict[str, Any]) -> dict[str, Any]:
    """Ours, with the project's own options where it is for PostgreSQL."""
    given = found.get("DATABASES", {}).get("default", {})
    if "postgresql" not in given.get("ENGINE", ""):
        given = {"ENGINE": "django.db.backends.postgresql"}
    return {**given, **_PLAN.database}


# A project's settings module may ask for settings while it is being loaded: it gets what it has by then.
def __dir__() -> list[str]:
    return [*globals(), *dir(sys.modules.get(_PLAN.settings))]


def __getattr__(name: str) -> Any:
    if not name.isupper():
        raise AttributeError(name)
    return getattr(sys.modules.get(_PLAN.settings), name)


globals().update(_settings())
