"""FastAPI with a list of its sockets in the memory of the process, as its documentation shows it."""

from __future__ import annotations

from perfcompare.core.room import Room

ROOM = Room(
    label="FastAPI",
    summary="FastAPI, and a set of its open sockets in the memory of one process",
    packages=("fastapi", "starlette"),
    target="perfcompare.rooms._fastapi.memory:app",
    redis=False,
)
