"""FastAPI as its own users write it, on asyncpg and the tables that Django migrated: the reference."""

from __future__ import annotations

from perfcompare.core.stack import ALL_SCENARIOS, Stack

STACK = Stack(
    label="FastAPI",
    summary="FastAPI with Pydantic models, asyncpg and redis.asyncio: the reference",
    packages=("fastapi", "starlette", "pydantic", "asyncpg", "redis"),
    scenarios=ALL_SCENARIOS,
    targets={"asgi": "perfcompare.stacks.fastapi.app:app"},
    server="uvicorn",
    docs="docs",
)
