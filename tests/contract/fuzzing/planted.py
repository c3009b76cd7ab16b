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
        return re.sub(r"([=/])0([0-9]+)(?=&|$)", r"\1\g<2>0", text)
    return re.sub(r"([=/])(?:%20|%2B|%0A|[ +\n])*([0-9]+)(?:_([0-9]+)|\.0|%20|%0A|[ +\n])?(?=&|$)", r"\1\2\3", text)


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application."""
    if scope["type"] == "http":
        query = _read(scope["query_string"].decode("latin-1")).encode("latin-1")
        scope = {**scope, "query_string": query, "path": _read(scope["path"])}
    await _application("asgi")(scope, receive, send)


def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application."""
    read = {name: _read(environ[name]) for name in ("QUERY_STRING", "PATH_INFO")}
    answer: Iterable[bytes] = _application("wsgi")({**environ, **read}, start_response)
    return answer
