"""Placeholders: from those of Django and psycopg to those of PostgreSQL's protocol."""

from __future__ import annotations

import itertools
import re
from typing import Final

_PERCENT: Final = re.compile(r"%(.?)", re.DOTALL)


class PlaceholderError(ValueError):
    """Raised for a percent sign that is no placeholder of those that can be numbered."""


def numbered(sql: str) -> str:
    """`sql` with `$1`, `$2`, … for each `%s`, and `%` for `%%`; PlaceholderError for anything else after a percent.

    Quotes do not matter, as in psycopg: https://www.psycopg.org/psycopg3/docs/basic/params.html
    """
    numbers = itertools.count(1)

    def one(match: re.Match[str]) -> str:
        if match[1] == "s":
            return f"${next(numbers)}"
        if match[1] == "%":
            return "%"
        raise PlaceholderError(f"{match[0]!r} is no placeholder that can be numbered.")

    return _PERCENT.sub(one, sql)
