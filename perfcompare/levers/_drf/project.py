"""DRF's classes in a project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections
from rest_framework.serializers import ModelSerializer, Serializer
from rest_framework.views import APIView

from perfcompare.levers._project import Project


def serializers(project: Project) -> tuple[type[Serializer[Any]], ...]:
    """Those that have fields; what only others are made of is none."""
    return tuple(cls for cls in project.subclasses(Serializer) if _has_fields(cls))


def model_serializers(project: Project) -> tuple[type[ModelSerializer[Any]], ...]:
    """Those of models."""
    return tuple(cls for cls in serializers(project) if issubclass(cls, ModelSerializer))


def views(project: Project) -> tuple[type[APIView], ...]:
    """Those that the URLconf leads to."""
    return tuple(cls for cls in project.views if issubclass(cls, APIView))


def in_transactions() -> Iterator[str]:
    """Sentences about what is not done in a transaction, and so in no view of some projects."""
    for alias in connections:
        if connections[alias].settings_dict["ATOMIC_REQUESTS"]:
            yield f"off for {alias!r} in views: ATOMIC_REQUESTS puts each of them into a transaction."
        if not connections[alias].settings_dict["AUTOCOMMIT"]:
            yield f"off for {alias!r}: AUTOCOMMIT is off."


def _has_fields(cls: type[Serializer[Any]]) -> bool:
    if issubclass(cls, ModelSerializer):
        return getattr(getattr(cls, "Meta", None), "model", None) is not None
    return bool(getattr(cls, "_declared_fields", None))
