"""Silk's middleware, extended: it keeps no secrets, records every statement, and never breaks the recorded request."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Callable
from itertools import count
from threading import Thread
from typing import Any, Final

import silk.middleware
import silk.sql
from django.db import Error, connection, connections
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from silk.collector import DataCollector
from silk.config import SilkyConfig
from silk.middleware import SilkyMiddleware
from silk.model_factory import RequestModelFactory
from silk.models import Request

from perfcompare.recording import KEPT

HIDDEN: Final = "…"
EVERY: Final = 100
"""Older requests are deleted after this number of recorded ones."""
MARK: Final = "x-perfcompare-profile"
"""The header of requests that belong to a profile, which keeps as many of them as it shows."""
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_logger = logging.getLogger(__name__)
_explain: Final = silk.sql._explain_query


def masked(value: Any) -> str:
    """The value of a parameter in a recorded statement: numbers as they are, everything else hidden."""
    return str(value) if isinstance(value, int | float | bool | None) else f"'{HIDDEN}'"


def explained(*of: Any) -> str | None:
    """The plan of a statement with hidden literals; None in a failed transaction, where silk would raise."""
    try:
        return _LITERAL.sub(f"'{HIDDEN}'", _explain(*of) or "")
    except Error:
        return None


def inserted(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Records an INSERT, the only kind of statement that bypasses silk."""
    collector = DataCollector()
    if collector.request is None or not sql.startswith("INSERT"):
        return execute(sql, params, many, context)
    began = timezone.now()
    try:
        return execute(sql, params, many, context)
    finally:
        collector.register_query(
            {
                "query": sql % tuple(map(masked, params or ())),
                "start_time": began,
                "end_time": timezone.now(),
                "traceback": "".join(reversed(traceback.format_stack())),
                "request": collector.request,
            }
        )


class Factory(RequestModelFactory):  # type: ignore[misc]
    """What silk keeps of a request: no body, which it would have to read, and no secret of the address."""

    def body(self) -> tuple[str, str]:
        """None: the body is not kept."""
        return "", ""

    def query_params(self) -> str:
        """As JSON; empty without any."""
        secret = SilkyConfig().SILKY_SENSITIVE_KEYS
        kept = {name: HIDDEN if name.lower() in secret else value for name, value in self.request.GET.items()}
        return json.dumps(kept, ensure_ascii=False) if kept else ""


# Silk has no option for any of these.
silk.sql.force_str = masked
silk.sql._explain_query = explained
silk.middleware.RequestModelFactory = Factory


class Recording(SilkyMiddleware):  # type: ignore[misc]
    """Records the request, and adds the id of its record to the answer."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As in silk."""
        with connection.execute_wrapper(inserted):
            answered: HttpResponse = super().__call__(request)
        return answered

    def process_request(self, request: HttpRequest) -> None:
        """As in silk. If silk cannot write, the request is still answered, and the log says why."""
        try:
            super().process_request(request)
        except Error as error:
            DataCollector().clear()
            request.silk_is_intercepted = False  # type: ignore[attr-defined]
            _logger.warning("Silk could not record %s: %s", request.path, error)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """As in silk."""
        recorded = DataCollector().request
        answered: HttpResponse = super().process_response(request, response)
        if recorded is not None:
            answered["X-Perfcompare-Silk"] = str(recorded.pk)
        return answered


class Bounded(Recording):
    """The same for a long-running server. It deletes older requests, but not during a request."""

    _recorded = count(1)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """As above."""
        answered = super().process_response(request, response)
        if getattr(request, "silk_is_intercepted", False) and next(self._recorded) % EVERY == 0:
            Thread(target=_forget_aside, daemon=True).start()
        return answered


def forget(kept: int = KEPT) -> None:
    """Delete all but the newest requests. Those of profiles stay, because `perfcompare profile` deletes them itself."""
    others = Request.objects.exclude(encoded_headers__contains=f'"{MARK}"').order_by("-start_time")
    for newest_of_the_old in others.values_list("start_time", flat=True)[kept : kept + 1]:
        others.filter(start_time__lte=newest_of_the_old).delete()


def _forget_aside() -> None:
    try:
        forget()
    except Error as error:
        _logger.warning("Silk's old requests could not be deleted: %s", error)
    finally:
        connections.close_all()
