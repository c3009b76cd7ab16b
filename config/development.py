"""What `manage.py runserver` serves: Django, and each FastAPI stack below its prefix, opened when first asked."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Coroutine, Iterable
from functools import cache
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

from config.wsgi import application as django
from perfcompare import mounted
from perfcompare.contract.body_limit import limit_body_wsgi

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_opening = Lock()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application of all."""
    _, api, stack, _rest = f"{environ['PATH_INFO']}///".split("/", 3)
    if api != "api" or stack not in mounted.BRIDGED:
        return django(environ, start_response)
    # The bridge raises an error on bytes that are no UTF-8; ASGI servers replace them.
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    return bridged(stack)({**environ, "PATH_INFO": path.encode().decode("latin-1")}, start_response)


def bridged(stack: str) -> WSGIApplication:
    """A FastAPI stack behind a bridge with an event loop of its own; the same one for every request."""
    with _opening:
        return _open(stack)


@cache
def _open(stack: str) -> WSGIApplication:
    from a2wsgi import ASGIMiddleware

    module, _, attribute = mounted.BRIDGED[stack].partition(":")
    app = getattr(import_module(module), attribute)
    bridge = ASGIMiddleware(app)
    # The bridge knows no lifespan, and what FastAPI holds open belongs to the loop that serves the requests.
    lifespan = app.router.lifespan_context(app)

    def in_loop(step: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(step, bridge.loop).result(timeout=10)

    in_loop(lifespan.__aenter__())
    atexit.register(lambda: in_loop(lifespan.__aexit__(None, None, None)))
    return limit_body_wsgi(bridge)  # type: ignore[arg-type]
