"""Silk's middleware for the profiled process, without the values of parameters: they may be tokens and passwords."""

from __future__ import annotations

import re
from typing import Any

import silk.sql
from django.http import HttpRequest, HttpResponse
from silk.collector import DataCollector
from silk.middleware import SilkyMiddleware

HIDDEN = "…"
_LITERAL = re.compile(r"'(?:[^']|'')*'")


def masked(value: Any) -> str:
    """How a parameter is written into a recorded statement: numbers as they are, everything else hidden."""
    return str(value) if isinstance(value, int | float | bool | None) else f"'{HIDDEN}'"


# Silk writes parameters into the statement with this function and has no option for it.
silk.sql.force_str = masked


class Recording(SilkyMiddleware):  # type: ignore[misc]
    """Records, hides the literals in query plans, and says in the answer under which number the request is kept."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """As silk's."""
        if not getattr(request, "silk_is_intercepted", False):
            return response
        collector = DataCollector()
        for query in collector.queries.values():
            query["analysis"] = _LITERAL.sub(f"'{HIDDEN}'", query.get("analysis") or "")
        recorded = collector.request
        answered: HttpResponse = super().process_response(request, response)
        if recorded is not None:
            answered["X-Perfcompare-Silk"] = str(recorded.pk)
        return answered
