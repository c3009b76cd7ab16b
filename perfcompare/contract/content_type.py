"""Drops the parameters of content types in front of Django, which answers 500 to some of them.

The lean handlers do it themselves, by their option `type_parameters`. FastAPI heeds no parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from perfcompare.contract.body_limit import ASGIApplication, Receive, Scope, Send
from perfcompare.core.content_type import without_parameters

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NAME = b"content-type"


class PlainTypeASGI:
    """Wraps the ASGI application `app`."""

    def __init__(self, app: ASGIApplication) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward everything, an HTTP request with the media type alone."""
        headers = scope.get("headers", ())
        if any(name == _NAME and b";" in value for name, value in headers):
            scope = {**scope, "headers": [(name, _plain(value) if name == _NAME else value) for name, value in headers]}
        await self.app(scope, receive, send)


def _plain(value: bytes) -> bytes:
    return without_parameters(value.decode("latin-1")).encode("latin-1")


def plain_type_wsgi(app: WSGIApplication) -> WSGIApplication:
    """Wraps the WSGI application `app`."""

    def plain(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if ";" in environ.get("CONTENT_TYPE", ""):
            environ["CONTENT_TYPE"] = without_parameters(environ["CONTENT_TYPE"])
        return app(environ, start_response)

    return plain
