"""Applications of stacks with one difference: they read `+1`, ` 1`, `1_0` and `1.0`, as Pydantic does unasked.

A stack that checks no input reads `01` as 10 instead.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from perfcompare.core import env
from perfcompare.registries import stacks
from perfcompare.targets.demonstration import differences

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_STACK = env.text("PERFCOMPARE_STACK")
_TARGETS = stacks[_STACK].targets


def _application(interface: Any) -> Any:
    module, _, name = _TARGETS[interface].partition(":")
    return getattr(importlib.import_module(module), name)


def _read(text: str) -> str:
    if not differences.checks(_STACK, 422):
        return re.sub(r"=0([0-9]+)(?=&|$)", r"=\g<1>0", text)
    return re.sub(r"=(?:%20|%2B|%0A|\+)*([0-9]+)(?:_([0-9]+)|\.0|%20|%0A|\+)?(?=&|$)", r"=\1\2", text)


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application."""
    if scope["type"] == "http":
        scope = {**scope, "query_string": _read(scope["query_string"].decode("latin-1")).encode("latin-1")}
    await _application("asgi")(scope, receive, send)


def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application."""
    answer: Iterable[bytes] = _application("wsgi")(
        {**environ, "QUERY_STRING": _read(environ["QUERY_STRING"])}, start_response
    )
    return answer
