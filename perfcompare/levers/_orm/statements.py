"""What a statement does that its session may keep: its kind tells, and the functions that it calls.

It is read word by word, without texts and comments. What the functions do, the server tells (`functions.py`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_SKIPPED: Final = re.compile(r"'(?:[^']|'')*' | \$(\w*)\$.*?\$\1\$ | --[^\n]* | /\*.*?\*/", re.VERBOSE | re.DOTALL)
_NAME: Final = r'(?:"(?:[^"]|"")+"|[\w$%]+)'
_NAMED: Final = re.compile(
    rf"""
      \b(INTO|AS|COPY|CONFLICT\s+ON\s+CONSTRAINT)\s+{_NAME}(\s*\.\s*{_NAME})*\s*\(  # a table with its columns, a type
    | ::\s*{_NAME}\s*\(
    | \b(WITH|RECURSIVE)\s+{_NAME}\s*\([^()]*\)\s*AS\b                              # a query with names for its columns
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CALLED: Final = re.compile(rf"(?:\bpg_catalog\s*\.\s*)?({_NAME}(?:\s*\.\s*{_NAME})*)\s*\(", re.IGNORECASE)
_FIRST: Final = re.compile(r"[\s(]*(\w+)")
_TEMPORARY: Final = re.compile(r"\b(INTO|CREATE|LOCAL|GLOBAL|REPLACE)\s+TEMP(ORARY)?\b", re.IGNORECASE)
_WITHIN: Final = re.compile(r"\s*SET\s+(LOCAL|CONSTRAINTS|TRANSACTION)\b", re.IGNORECASE)
_DEFINING: Final = re.compile(
    r"\s*(CREATE(\s+OR\s+REPLACE)?|ALTER|DROP)\s+(FUNCTION|PROCEDURE|ROUTINE|AGGREGATE|EXTENSION)\b", re.IGNORECASE
)
_ASKING: Final = "select insert update delete merge with values table explain declare fetch copy"
_FREE: Final = """
    alter analyze cluster comment create drop grant lock refresh reindex revoke truncate vacuum checkpoint
    close commit end move notify listen unlisten release rollback abort savepoint show
"""
"""They call no function, or none for its effect."""
_CALLING: Final = frozenset(_ASKING.split())
_CALLING_NONE: Final = frozenset(_FREE.split())
_LONG: Final = 20_000


def calls(query: object) -> frozenset[str] | None:
    """What a statement calls, functions and words of SQL that stand before a parenthesis, in lower case; a name in
    quotes, or with a schema other than PostgreSQL's own, keeps them. None for a statement that may itself last."""
    sql = query if type(query) is str else text_of(query)
    if sql is None:
        return None
    return _remembered(sql) if len(sql) < _LONG else _calls(sql)


def defines(query: object) -> bool:
    """Whether a statement makes or changes functions."""
    return _DEFINING.match(text_of(query) or "") is not None


def text_of(query: object) -> str | None:
    """The text of what is given to a cursor; None for what has none that is known."""
    if isinstance(query, bytes):
        return query.decode(errors="replace")
    composed = getattr(query, "as_string", None)  # of psycopg.sql
    text = query if composed is None else composed()
    return text if isinstance(text, str) else None


def _calls(sql: str) -> frozenset[str] | None:
    text = _SKIPPED.sub(" ", sql)
    first = _FIRST.match(text)
    if first is None or ";" in text.rstrip(" \n\r\t;") or "'" in text or "*/" in text or _TEMPORARY.search(text):
        return None
    word = first[1].lower()
    if _DEFINING.match(text):
        return None
    if word in _CALLING_NONE or _WITHIN.match(text):
        return frozenset()
    if word not in _CALLING:
        return None
    return frozenset(map(str.lower, _CALLED.findall(_NAMED.sub(" , (", text))))


_remembered: Final = lru_cache(maxsize=2048)(_calls)
