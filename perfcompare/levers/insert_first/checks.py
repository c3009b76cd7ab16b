"""The system check insert_first.E001: a name in `serializers` that is no ModelSerializer, and so has no effect."""

from __future__ import annotations

from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

from perfcompare.levers.insert_first.settings import serializers


def check_names(app_configs: object = None, **_options: object) -> list[CheckMessage]:
    """An error for each name that no serializer has."""
    return [
        Error(
            f"insert_first: `serializers` names {name!r}, which is no ModelSerializer.",
            hint="Write the dotted path of the class, as it is where it is defined.",
            id="insert_first.E001",
        )
        for name in serializers()
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
    """The name of a class in `serializers`."""
    return f"{cls.__module__}.{cls.__qualname__}"
