"""The errors that a project expects: those of redis-py, which the stock back ends raise."""

from __future__ import annotations

from typing import Any

from hiredis import ReplyError


def as_stock(error: Exception) -> Exception:
    """What stock raises where a client here raises `error`; that error itself without redis-py."""
    try:
        from redis import exceptions
        from redis._parsers.base import BaseParser
    except ImportError:
        return error
    if isinstance(error, ReplyError):
        parser: Any = BaseParser
        parsed: Exception = parser.parse_error(str(error))
        return parsed
    kind = exceptions.TimeoutError if isinstance(error, TimeoutError) else exceptions.ConnectionError
    return kind(str(error))
