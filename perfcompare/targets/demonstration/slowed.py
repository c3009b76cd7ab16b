"""A stack's own application with an injected slowdown: a known amount of extra work before each request.

The server loads `asgi` or `wsgi` in place of the target of the stack that PERFCOMPARE_STACK names.
"""

from __future__ import annotations

import importlib
import time
from statistics import median
from typing import Any, Final

from perfcompare.core import env
from perfcompare.core.interface import Interface
from perfcompare.core.stack import original
from perfcompare.registries import stacks

LOOPS: Final = "PERFCOMPARE_SLOWDOWN_LOOPS"
"""The variable with the loops of `burn` per request. It is an amount of work, not a time, so it suits every machine."""
_TIMED_LOOPS: Final = 20_000
"""This takes well below a millisecond, so few timings are interrupted."""
_TIMINGS: Final = 501


def burn(loops: int) -> None:
    """Do nothing `loops` times."""
    for _ in range(loops):
        pass


def loop_ns() -> float:
    """CPU nanoseconds of one loop of `burn` on this machine: the median of many timings with this thread's clock.

    The clock stands still while others have the processor, so this works on a busy machine too.
    """
    return median(_timed_ns() for _ in range(_TIMINGS)) / _TIMED_LOOPS


def _timed_ns() -> int:
    began_ns = time.thread_time_ns()
    burn(_TIMED_LOOPS)
    return time.thread_time_ns() - began_ns


def slowed_asgi(application: Any, loops: int) -> Any:
    """The ASGI application, with `loops` rounds of work before each request."""

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            burn(loops)
        await application(scope, receive, send)

    return asgi


def slowed_wsgi(application: Any, loops: int) -> Any:
    """The WSGI application, with `loops` rounds of work before each request."""

    def wsgi(environ: Any, start_response: Any) -> Any:
        burn(loops)
        return application(environ, start_response)

    return wsgi


def _application(interface: Interface) -> Any:
    module, _, attribute = stacks[original(env.text("PERFCOMPARE_STACK"))].targets[interface].partition(":")
    return getattr(importlib.import_module(module), attribute)


def __getattr__(name: str) -> Any:
    """Make `asgi` or `wsgi` when a server loads it, because a stack may have only one of them."""
    if name == "asgi":
        return slowed_asgi(_application("asgi"), int(env.text(LOOPS)))
    if name == "wsgi":
        return slowed_wsgi(_application("wsgi"), int(env.text(LOOPS)))
    raise AttributeError(name)
