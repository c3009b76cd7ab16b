"""Two things of a request, read without building META where a lean handler has not built it yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def query_string(request: HttpRequest) -> str:
    """The query string as META has it."""
    values: dict[str, Any] = request.__dict__
    if "META" not in values and "scope" in values:
        raw = values["scope"].get("query_string", b"")
        return raw.decode() if isinstance(raw, bytes) else str(raw)
    query: str = request.META.get("QUERY_STRING", "")
    return query


def authorization(request: HttpRequest) -> str:
    """The Authorization header as META has it; empty when there is none."""
    values: dict[str, Any] = request.__dict__
    if "META" not in values and "scope" in values:
        sent = [value for name, value in values["scope"]["headers"] if name == b"authorization"]
        if len(sent) < 2:
            return sent[0].decode("latin1") if sent else ""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    return header
