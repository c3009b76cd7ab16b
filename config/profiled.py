"""What the servers of `manage.py perfcompare profile` load: an application whose marked requests are sampled.

pyinstrument follows a request through its awaits, so this shows async views as well as others. FastAPI is served from
here too, so nothing of Django is imported.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyinstrument import Profiler
from pyinstrument.session import Session

from perfcompare.core import env

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from pyinstrument.profiler import AsyncMode

SAMPLE: Final = "x-perfcompare-flame"
"""A request with this header is sampled, under the name that is its value."""
WRITE: Final = "x-perfcompare-write"
"""One with this header writes down what was collected under that name: not while others are sampled."""
INTERVAL_S: Final = 0.0002


def _target() -> Any:
    module, _, attribute = env.text("PERFCOMPARE_PROFILED").partition(":")
    return getattr(importlib.import_module(module), attribute)


_sessions: defaultdict[str, list[Session]] = defaultdict(list)
"""By the name that the requests gave: what was sampled and is not yet written."""


@contextmanager
def _sampled(name: str, mode: AsyncMode) -> Iterator[None]:
    # One profiler for each request: a server may begin with the next one before it has left this one.
    profiler = Profiler(interval=INTERVAL_S, async_mode=mode)
    profiler.start()
    try:
        yield
    finally:
        _sessions[name].append(profiler.stop())


def _written(name: str) -> None:
    """Write what was collected under that name to its file; nothing when there is none."""
    sessions = _sessions.pop(name, [])
    if sessions:
        whole = reduce(Session.combine, sessions)
        whole.save(Path(env.text("PERFCOMPARE_PROFILES")) / f"{name}.pyisession")


def _name(value: str) -> str:
    """Only letters, digits and underscores: it becomes part of a path."""
    return "".join(letter for letter in value if letter.isalnum() or letter == "_")


def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application that PERFCOMPARE_PROFILED names."""
    application: WSGIApplication = _target()
    _written(_name(environ.get("HTTP_X_PERFCOMPARE_WRITE", "")))
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
    _written(_name(headers.get(WRITE.encode(), b"").decode("latin-1")))
    name = _name(headers.get(SAMPLE.encode(), b"").decode("latin-1"))
    if not name:
        await _target()(scope, receive, send)
        return
    with _sampled(name, "enabled"):
        await _target()(scope, receive, send)
