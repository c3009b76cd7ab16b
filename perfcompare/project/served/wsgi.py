"""The project under WSGI."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from perfcompare.project.served import health
from perfcompare.project.served.applications import load

_SERVED: Final = load()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The project's application; this program's own paths beside it."""
    answer = health.ANSWERS.get(environ["PATH_INFO"])
    if answer is None:
        return _SERVED(environ, start_response)  # type: ignore[no-any-return]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [answer()]
