"""The project's application, as its settings name it."""

from __future__ import annotations

import importlib
from typing import Any

import django


def application(interface: str) -> Any:
    """The project's own; Django's where its settings name none."""
    django.setup()
    from django.conf import settings

    named = getattr(settings, f"{interface.upper()}_APPLICATION", None)
    module, _, name = (named or f"django.core.{interface}.get_{interface}_application").rpartition(".")
    found = getattr(importlib.import_module(module), name)
    return found if named else found()
