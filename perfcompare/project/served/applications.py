"""The project's own application, as its settings name it."""

from __future__ import annotations

import importlib
import traceback
from typing import Any

import django
from django.core.signals import got_request_exception

from perfcompare.core import env
from perfcompare.project.project import APPLICATION


def load() -> Any:
    """The application of this process. `module:name()` is called first.

    Django is set up before, so that a module that names other settings (`os.environ["DJANGO_SETTINGS_MODULE"] = …`)
    comes too late.
    """
    django.setup()
    # The project's logging may tell its administrators by mail, and nobody else.
    got_request_exception.connect(_print, dispatch_uid=__name__)
    module, _, attribute = env.text(APPLICATION).partition(":")
    found = getattr(importlib.import_module(module), attribute.removesuffix("()"))
    return found() if attribute.endswith("()") else found


def _print(**_sent: Any) -> None:
    traceback.print_exc()
