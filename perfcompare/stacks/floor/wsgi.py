"""The bare WSGI callable: the constant answer. It loads no client of any service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from perfcompare.stacks.floor.answers import FOREIGN_HOST, NOT_ALLOWED, NOT_FOUND, PATHS, is_known

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application."""
    found = PATHS.get(environ["PATH_INFO"], NOT_FOUND)
    if not is_known(environ.get("HTTP_HOST", "")):
        found = FOREIGN_HOST
    elif found is not NOT_FOUND and environ["REQUEST_METHOD"] != "GET":
        found = NOT_ALLOWED
    # A copy, because WSGI lets servers change the list.
    start_response(f"{found.status} {found.status.phrase}", list(found.headers))
    return [found.body]
