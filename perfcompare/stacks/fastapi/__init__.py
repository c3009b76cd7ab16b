"""FastAPI as its own users write it, with asyncpg and the tables that Django migrated: the reference."""

from __future__ import annotations

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import Stack

STACK = Stack(
    label="FastAPI",
    summary="FastAPI with Pydantic models, asyncpg and redis.asyncio: the reference",
    packages=("fastapi", "starlette", "pydantic", "asyncpg", "redis"),
    scenarios=ENDPOINTS,
    targets={"asgi": "perfcompare.stacks.fastapi.app:app"},
    server="uvicorn",
    streams=True,
    docs="docs",
)
