"""Answers that are finished when this module is loaded. Both interfaces share them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from perfcompare.core import env, process

HOSTS: Final = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One finished answer, with its headers in the form of each interface."""

    status: HTTPStatus
    headers: list[tuple[str, str]]
    raw_headers: list[tuple[bytes, bytes]]
    body: bytes


def finished(status: HTTPStatus, content: dict[str, Any], **more_headers: str) -> Answer:
    """The answer with that JSON; header names are given with underscores."""
    body = json.dumps(content, separators=(",", ":")).encode()
    more = {name.replace("_", "-"): value for name, value in more_headers.items()}
    headers = {"content-type": "application/json", "content-length": str(len(body)), **more}
    raw_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Answer(status=status, headers=list(headers.items()), raw_headers=raw_headers, body=body)


def not_allowed(methods: str) -> Answer:
    """The answer to a method that is none of those."""
    return finished(HTTPStatus.METHOD_NOT_ALLOWED, {"detail": "Method not allowed."}, allow=methods)


PATHS: Final = {
    "/api/floor/simple": finished(HTTPStatus.OK, {"message": "Hello World", "status": "success"}),
    "/health": finished(
        HTTPStatus.OK,
        {
            "status": "ok",
            "stack": "floor",
            "nonce": env.text("PERFCOMPARE_NONCE", "none"),
            "process": process.facts(debug=False),
        },
    ),
}
FOREIGN_HOST: Final = finished(HTTPStatus.BAD_REQUEST, {"detail": "Unknown host."})
NOT_FOUND: Final = finished(HTTPStatus.NOT_FOUND, {"detail": "Not found."})
NOT_ALLOWED: Final = not_allowed("GET")


def is_known(host: str) -> bool:
    """Whether the value of a Host header is one of HOSTS, with a port or without."""
    name, colon, port = host.lower().partition(":")
    return (name in HOSTS or name.removesuffix(".") in HOSTS) and (not colon or port.isdecimal())
