"""The project's settings with changes, as a settings module."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Final

from perfcompare.core import env
from perfcompare.project.changes import of_names
from perfcompare.project.project import CHANGES, SETTINGS
from perfcompare.project.served import sessions


def _changed() -> Mapping[str, Any]:
    module = importlib.import_module(env.text(SETTINGS))
    found = {name: getattr(module, name) for name in dir(module) if name.isupper()}
    # As a server in production answers, on the address where it is measured.
    found |= {"DEBUG": False, "ALLOWED_HOSTS": ["*"], "SECURE_SSL_REDIRECT": False}
    sessions.apply(found)
    for change in of_names(env.words(CHANGES)).values():
        change.settings(found)
    return found


_SETTINGS: Final = _changed()


# Django reads a settings module with dir() and getattr().
def __dir__() -> list[str]:
    return [*_SETTINGS]


def __getattr__(name: str) -> Any:
    try:
        return _SETTINGS[name]
    except KeyError:
        raise AttributeError(name) from None
