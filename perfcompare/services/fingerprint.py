"""Describes everything in a PostgreSQL database in one text: its definitions, every row and every sequence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import psycopg
from psycopg import sql

_CONNECT_S: Final = 5
_SAME_TEXT: Final = (
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO'",
    "SET intervalstyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET search_path = ''",
)
"""Settings that give values and names the same text, whatever the role or the database sets."""
_TABLES: Final = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1, 2
"""
_SEQUENCES: Final = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1, 2
"""
_ROWS: Final = sql.SQL("SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {} t")
_PLACE: Final = sql.SQL("SELECT last_value, is_called FROM {}")
_LIKENESS: Final = (
    # tables, indexes, views and sequences with their settings
    """
    SELECT n.nspname, c.relname, c.relkind, c.relpersistence, c.reloptions::text, c.relrowsecurity,
        c.relforcerowsecurity, CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1, 2
    """,
    # columns
    """
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        a.attgenerated, a.attcollation::regcollation::text, pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE n.nspname !~ '^(pg_|information_schema$)' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2, 3
    """,
    """
    SELECT n.nspname, c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1, 2
    """,
    """
    SELECT n.nspname, k.conname, k.conrelid::regclass::text, pg_get_constraintdef(k.oid), k.convalidated
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
    WHERE n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1, 2, 3
    """,
    """
    SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled FROM pg_trigger
    WHERE NOT tgisinternal ORDER BY 1, 2
    """,
    "SELECT tablename, rulename, definition FROM pg_rules WHERE schemaname <> 'pg_catalog' ORDER BY 1, 2",
    "SELECT tablename, policyname, qual, with_check FROM pg_policies ORDER BY 1, 2",
    """
    SELECT n.nspname, p.oid::regprocedure::text, md5(p.prosrc)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1, 2
    """,
    "SELECT extname, extversion FROM pg_extension ORDER BY 1",
    "SELECT evtname FROM pg_event_trigger ORDER BY 1",
    # settings of ALTER DATABASE and ALTER ROLE IN DATABASE
    """
    SELECT setrole::regrole::text, setconfig::text FROM pg_db_role_setting s
    JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database() ORDER BY 1
    """,
)


def fingerprint(url: str) -> str:
    """A text that changes when rows, tables or settings of the database change, but not with statistics and free space.

    Raises psycopg.Error when the database cannot be read.
    """
    digest = hashlib.sha256()
    with psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_S) as connection:
        for line in _lines(connection):
            digest.update(f"{line}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _lines(connection: psycopg.Connection) -> Iterator[str]:
    for setting in _SAME_TEXT:
        connection.execute(setting)
    for query in _LIKENESS:
        yield from (repr(row) for row in connection.execute(query))
    for look, names in ((_ROWS, _TABLES), (_PLACE, _SEQUENCES)):
        for name in connection.execute(names).fetchall():
            yield f"{name} {connection.execute(look.format(sql.Identifier(*name))).fetchone()}"
