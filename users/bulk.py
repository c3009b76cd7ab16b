"""Whole tables at once: PostgreSQL's own fast ways, and what every other database of Django can do instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

_BATCH = 1000


def load(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert the rows, one value a column (named as the model's attribute is); no signals are sent.

    PostgreSQL takes them by COPY (https://www.psycopg.org/psycopg3/docs/basic/copy.html). Raises IntegrityError.
    """
    if connection.vendor == "postgresql":
        _copy(model, columns, rows)
    else:
        models_made = (model(**dict(zip(columns, row, strict=True))) for row in rows)
        model._base_manager.bulk_create(models_made, batch_size=_BATCH)


def delete(rows: models.QuerySet[Any]) -> int:
    """Delete the rows in one statement and return how many they were; nothing cascades and no signals are sent."""
    return rows._raw_delete(rows.db)


def fingerprint(rows: models.QuerySet[Any]) -> str:
    """A text that changes when a row appears, disappears or, on PostgreSQL, changes in any column."""
    if connection.vendor != "postgresql":
        return str(rows.count())
    sql, parameters = rows.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM ({sql}) t", parameters)  # noqa: S608
        return "{}:{}".format(*cursor.fetchone())


def reserve_ids(model: type[models.Model], last: int) -> None:
    """Let the next row that names no id get the one after `last`, or after the largest there is."""
    largest = model._base_manager.aggregate(largest=models.Max("pk"))["largest"] or 0
    table, last = model._meta.db_table, max(last, largest)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])
        elif connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last, table])


def analyze(tables: Iterable[type[models.Model]]) -> None:
    """Give PostgreSQL's planner its statistics now, and outside a transaction vacuum as well.

    Else autovacuum does both some time after many inserts, which may be in the middle of a measurement
    (https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM).
    """
    if connection.vendor != "postgresql":
        return
    names = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"{'ANALYZE' if connection.in_atomic_block else 'VACUUM (ANALYZE)'} {names}")


def _copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from psycopg.types.json import JsonbDumper  # only where PostgreSQL is used

    quote = connection.ops.quote_name
    # The cursor's copy is psycopg's own: its errors have yet to become Django's.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.adapters.register_dumper(dict, JsonbDumper)
        with cursor.copy(f"COPY {quote(model._meta.db_table)} ({', '.join(map(quote, columns))}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
