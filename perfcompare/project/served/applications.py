"""The project's own application, as its settings name it."""

from __future__ import annotations

import importlib
from typing import Any

import django

from perfcompare.core import env
from perfcompare.project.project import APPLICATION


def load() -> Any:
    """The application of this process. `module:name()` is called first.

    Django is set up before, so that a module that names other settings (`os.environ["DJANGO_SETTINGS_MODULE"] = …`)
    comes too late.
    """
    django.setup()
    module, _, attribute = env.text(APPLICATION).partition(":")
    found = getattr(importlib.import_module(module), attribute.removesuffix("()"))
    return found() if attribute.endswith("()") else found
