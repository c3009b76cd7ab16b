"""Models of a project, without importing its modules."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def model(label: str) -> Any:
    """The model called `app.Model`."""
    return apps.get_model(label)
