"""FastAPI with Redis's publish and subscribe between its processes, as projects with several workers need it."""

from __future__ import annotations

from perfcompare.core.room import Room

ROOM = Room(
    label="FastAPI, Redis",
    summary="the same, and each process subscribes to a channel of Redis by redis.asyncio",
    packages=("fastapi", "starlette", "redis"),
    target="perfcompare.rooms._fastapi.redis:app",
    redis=True,
)
