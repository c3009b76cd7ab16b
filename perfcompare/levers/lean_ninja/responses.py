"""Responses like those of Ninja's `create_temporal_response`, copied instead of built."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

from django.http import HttpResponse
from django.http.response import ResponseHeaders

New = Callable[[int, bytes], HttpResponse]


def response_factory(content_type: str) -> New:
    """What makes a response of a status and a body, of that content type.

    Building an HttpResponse parses its content type and header names again each time. This copies the attributes of one
    that Django built; with a Django whose responses hold anything unexpected, it builds.
    """
    template = HttpResponse(b"", content_type=content_type)
    if set(vars(template)) != _ATTRIBUTES or set(vars(template.headers)) != {"_store"}:
        return lambda status, body: HttpResponse(body, status=status, content_type=content_type)
    return _copies(template)


_ATTRIBUTES = {
    "headers", "_charset", "_resource_closers", "_handler_class", "cookies", "closed", "_reason_phrase", "_container",
}  # fmt: skip


def _copies(template: HttpResponse) -> New:
    unchanging = {name: vars(template)[name] for name in ("_charset", "_handler_class", "closed", "_reason_phrase")}
    stored: dict[str, Any] = template.headers._store

    def new(status: int, body: bytes) -> HttpResponse:
        headers = ResponseHeaders.__new__(ResponseHeaders)
        headers._store = stored.copy()
        response = HttpResponse.__new__(HttpResponse)
        vars(response).update(
            unchanging,
            headers=headers,
            cookies=SimpleCookie(),
            status_code=status,
            _resource_closers=[],
            _container=[body],
        )
        return response

    return new
