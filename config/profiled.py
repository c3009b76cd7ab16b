"""What the servers of `manage.py perfcompare profile` load: an application whose marked requests are sampled.

pyinstrument follows a request through its awaits, so this shows async views as well as others. FastAPI is served from
here too, so nothing of Django is imported.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyinstrument import Profiler

from config import env

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from pyinstrument.profiler import AsyncMode

HEADER: Final = "x-perfcompare-flame"
"""Its value names the file that the samples go to."""
INTERVAL_S: Final = 0.0002
_numbers = count(1)


def _target() -> Any:
    module, _, attribute = env.text("PERFCOMPARE_PROFILED").partition(":")
    return getattr(importlib.import_module(module), attribute)


@contextmanager
def _sampled(name: str, mode: AsyncMode) -> Iterator[None]:
    profiler = Profiler(interval=INTERVAL_S, async_mode=mode)
    profiler.start()
    try:
        yield
    finally:
        session = profiler.stop()
        folder = Path(env.text("PERFCOMPARE_PROFILES"))
        session.save(folder / f"{name}-{next(_numbers)}.pyisession")


def _name(value: str) -> str:
    """Only letters, digits and underscores: it becomes part of a path."""
    return "".join(letter for letter in value if letter.isalnum() or letter == "_")


def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application that PERFCOMPARE_PROFILED names."""
    application: WSGIApplication = _target()
    name = _name(environ.get("HTTP_X_PERFCOMPARE_FLAME", ""))
    if not name:
        return application(environ, start_response)
    with _sampled(name, "disabled"):
        answer = application(environ, start_response)
        body = list(answer)
    close = getattr(answer, "close", None)
    if close is not None:
        close()
    return body


async def asgi(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    """The ASGI application that PERFCOMPARE_PROFILED names."""
    headers = dict(scope.get("headers") or ())
    name = _name(headers.get(HEADER.encode(), b"").decode("latin-1"))
    if not name:
        await _target()(scope, receive, send)
        return
    with _sampled(name, "enabled"):
        await _target()(scope, receive, send)
