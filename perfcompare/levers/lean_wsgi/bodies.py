"""413 for a body over the option `body_limit`, declared or chunked; without it bodies are left to Django.

A refused body is left unread, because no application can limit the wait for it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Final

from django.conf import settings

from perfcompare.levers._handling.options import body_limit
from perfcompare.levers._handling.refusals import REFUSAL, too_large

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

_LIMIT: Final = body_limit("lean_wsgi")
_CHUNK_BYTES: Final = 65536
_MAX_DIGITS: Final = 18


def limited(app: WSGIApplication) -> WSGIApplication:
    """A WSGI application around `app` that has 413 answered where a body is over the limit."""

    def handle(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" not in environ and environ.get("CONTENT_LENGTH", "") in {"", "0"}:
            return app(environ, start_response)
        most = _LIMIT.get()
        if most is None:
            return app(environ, start_response)
        multipart = environ.get("CONTENT_TYPE", "")[:19].lower() == "multipart/form-data"
        limit = None if multipart else most
        if "HTTP_TRANSFER_ENCODING" in environ:
            fits = _take_chunked(environ, limit)
        else:
            fits = limit is None or _number(environ["CONTENT_LENGTH"]) <= limit
        if not fits:
            _refuse(environ, most)
        return app(environ, start_response)

    return handle


def _number(text: str) -> int:
    # Blanks may surround the value of a header (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3).
    text = text.strip(" \t")
    # Servers refuse what is no number; should one let it through, it is refused like a body without end.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 10**_MAX_DIGITS


def _take_chunked(environ: WSGIEnvironment, limit: int | None) -> bool:
    """Put the body into `environ` with its length, which WSGI has no other way to say; False when too large."""
    stream: InputStream = environ["wsgi.input"]
    body: IO[bytes] = tempfile.SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115 - handed on
    size = 0
    while chunk := stream.read(_CHUNK_BYTES if limit is None else min(_CHUNK_BYTES, limit + 1 - size)):
        size += len(chunk)
        if limit is not None and size > limit:
            body.close()
            return False
        body.write(chunk)
    body.seek(0)
    del environ["HTTP_TRANSFER_ENCODING"]
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(size)
    return True


def _refuse(environ: WSGIEnvironment, limit: int) -> None:
    environ[REFUSAL] = too_large(limit)
    environ["CONTENT_LENGTH"] = "0"
    environ.pop("HTTP_TRANSFER_ENCODING", None)
