"""The SQL of one request as PostgreSQL is sent it, whatever driver or layer sends it, without what it may give away.

silk sees what goes through Django's own SQL compiler. FastAPI has none, and levers that send compiled or asynchronous
queries go past it; a proxy in front of PostgreSQL sees all of it, but not which line of Python sent it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from perfcompare.runner.work_counter import asked
from perfcompare.services.proxy import Sent

HIDDEN: Final = "…"
_LITERAL: Final = re.compile(r"'(?:[^']|'')*'")
"""Some drivers write parameters into the text: they may be tokens and addresses."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a request."""

    sql: str
    """Without the values of text parameters."""
    ms: float | None
    """From its sending to the end of its answer, in milliseconds; None when none came while it was watched."""


def statements(sent: Iterable[Sent]) -> Iterator[Statement]:
    """The statements of the request in order. As in silk, those that only maintain sessions and transactions are
    left out."""
    for one in sent:
        if asked([one.sql]):
            ms = None if one.ended_s is None else (one.ended_s - one.began_s) * 1000
            yield Statement(sql=_LITERAL.sub(f"'{HIDDEN}'", one.sql), ms=ms)
