"""The bare server: the constant answer from a callable without a framework, the most that a server can do."""

from __future__ import annotations

from perfcompare.core.stack import Stack

STACK = Stack(
    label="no framework",
    summary="a bare ASGI or WSGI callable: the ceiling of server, interpreter and load generator",
    packages=(),
    scenarios=frozenset({"simple"}),
    targets={"asgi": "perfcompare.stacks.floor.app:asgi", "wsgi": "perfcompare.stacks.floor.app:wsgi"},
    server="uvicorn",
)
