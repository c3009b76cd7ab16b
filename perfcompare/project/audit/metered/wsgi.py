"""The project under WSGI, metered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from perfcompare.project.audit.metered.meter import METER, PATH
from perfcompare.project.served.wsgi import application as served


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The project's application, until its answer is closed."""
    if environ["PATH_INFO"] == PATH:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [METER.answer()]
    with METER:
        answer = served(environ, start_response)
    # A server may send a file itself, which it knows by its class.
    return answer if isinstance(answer, environ.get("wsgi.file_wrapper", ())) else _Metered(answer)


class _Metered:
    def __init__(self, answer: Iterable[bytes]) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with METER:
            parts = iter(self._answer)
        while True:
            with METER:
                part = next(parts, None)
            if part is None:
                return
            yield part

    def close(self) -> None:
        """Django ends the request here, with its database connections."""
        with METER:
            if close := getattr(self._answer, "close", None):
                close()
