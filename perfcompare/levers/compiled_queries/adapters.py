"""Where psycopg looks up how values are written and read."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def adapters_of(connection: BaseDatabaseWrapper) -> Any | None:
    """The adapters of Django's open `connection`, changed for it alone; None for any driver but psycopg 3."""
    return getattr(connection.connection, "adapters", None) if connection.vendor == "postgresql" else None
