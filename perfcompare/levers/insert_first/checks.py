"""The system check insert_first.E001: a name in INSERT_FIRST that is no ModelSerializer, and so has no effect."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string


def check_names(app_configs: Any = None, **_options: Any) -> list[CheckMessage]:
    """An error for each name that no serializer has."""
    return [
        Error(
            f"INSERT_FIRST names {name!r}, which is no ModelSerializer.",
            hint="Write the dotted path of the class, as it is where it is defined.",
            id="insert_first.E001",
        )
        for name in getattr(settings, "INSERT_FIRST", ())
        if not _is_serializer(name)
    ]


def _is_serializer(name: str) -> bool:
    try:
        # A process starts without DRF too.
        from rest_framework.serializers import ModelSerializer

        found = import_string(name)
    except ImportError:
        return False
    return isinstance(found, type) and issubclass(found, ModelSerializer) and name == path_of(found)


def path_of(cls: type) -> str:
    """The name of a class in INSERT_FIRST."""
    return f"{cls.__module__}.{cls.__qualname__}"
