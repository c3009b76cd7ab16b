"""What every access to stored runs shares: errors with a way out, and values that every database can store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import InterfaceError, OperationalError, ProgrammingError

from perfcompare.core.characters import without_controls
from perfcompare.core.errors import EnvironmentProblem

NAME_LENGTH = 100
LABEL_LENGTH = 200

_MISSING_TABLE_OR_COLUMN = {"42P01", "42703"}


@contextmanager
def explained() -> Iterator[None]:
    """Turn missing tables and an unreachable database into an EnvironmentProblem, because a person can repair both."""
    try:
        yield
    except (ProgrammingError, OperationalError, InterfaceError) as error:
        if getattr(error.__cause__, "sqlstate", None) in _MISSING_TABLE_OR_COLUMN or "no such " in str(error):
            raise EnvironmentProblem("The tables for runs are missing or old. Run: manage.py migrate") from error
        if isinstance(error, ProgrammingError):
            raise
        raise EnvironmentProblem(f"The database of the runs (DATABASE_URL) does not work: {error}") from error


@explained()
def require_tables() -> None:
    """Raise EnvironmentProblem when a table for runs, or a column of one, is missing."""
    for model in apps.get_app_config("perfcompare").get_models():
        model._default_manager.first()


def storable(value: Any) -> Any:
    """The value as plain JSON types. Control characters and lone surrogates are replaced."""
    if isinstance(value, str):
        return without_controls(value).encode(errors="replace").decode()
    if isinstance(value, Mapping):
        return {str(storable(key)): storable(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [storable(item) for item in value]
    return value
