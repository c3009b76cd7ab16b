"""The project under WSGI."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from perfcompare.project.served import health
from perfcompare.project.served.applications import load

_SERVED: Final = load()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The project's application; this program's own path beside it."""
    if environ["PATH_INFO"] == health.PATH:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [health.answer()]
    return _SERVED(environ, start_response)  # type: ignore[no-any-return]
