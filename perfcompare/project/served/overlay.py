"""The project's settings with changes, as a settings module."""

from __future__ import annotations

import importlib
import sys
from collections import ChainMap
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from django.conf import global_settings

from perfcompare.core import env
from perfcompare.project import driver
from perfcompare.project.changes import of_names
from perfcompare.project.project import CHANGES, DATABASE, SETTINGS
from perfcompare.project.served import sessions
from perfcompare.services.urls import Address, address


# Django reads a settings module with dir() and getattr(). The project's own module may ask for settings while it is
# being loaded, and then gets what it has set so far, as without this module.
def __dir__() -> list[str]:
    return [*_settings()]


def __getattr__(name: str) -> Any:
    if name.isupper() and name in (found := _settings()):
        return found[name]
    raise AttributeError(name)


def _settings() -> Mapping[str, Any]:
    loading = sys.modules.get(env.text(SETTINGS))
    return globals().get("_SETTINGS") or (_own(loading) if loading else {})


def _own(module: ModuleType) -> dict[str, Any]:
    """With dir() and getattr(), as Django does: the module may have functions for both of its own."""
    return {name: getattr(module, name) for name in dir(module) if name.isupper()}


def _changed() -> Mapping[str, Any]:
    driver.apply()
    module = importlib.import_module(env.text(SETTINGS))
    found = _own(module)
    # As a server in production answers, on the address where it is measured.
    found |= {"DEBUG": False, "ALLOWED_HOSTS": ["*"], "SECURE_SSL_REDIRECT": False}
    sessions.apply(found)
    # A change may ask for what the project leaves at Django's default.
    all_ = ChainMap(found, _own(global_settings))
    for name, change in of_names(env.words(CHANGES)).items():
        before = dict(found)
        change.settings(all_)
        changed[name] = [key for key, value in found.items() if before.get(key) is not value]
    if url := env.text(DATABASE, ""):
        found["DATABASES"] = _at(address(url), found["DATABASES"])
    return found


changed: Final[dict[str, list[str]]] = {}
"""The settings that each change has set."""


def _at(place: Address, databases: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """The default database, and all on its server, at another address."""
    mine = _server(databases["default"])
    moved = {"HOST": str(place.path.parent), "PORT": str(place.path.suffix[1:])} if place.path else {}
    return {name: {**one, **moved} if _server(one) == mine else one for name, one in databases.items()}


def _server(database: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(database.get(name, "") for name in ("ENGINE", "HOST", "PORT"))


_SETTINGS: Final = _changed()
