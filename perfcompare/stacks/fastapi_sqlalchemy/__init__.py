"""FastAPI as most people write it: SQLAlchemy's asynchronous ORM on the tables that Django migrated."""

from __future__ import annotations

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import Stack

STACK = Stack(
    label="FastAPI with SQLAlchemy",
    summary="FastAPI with SQLAlchemy's asynchronous ORM, Pydantic models of its objects, asyncpg as its driver",
    packages=("fastapi", "starlette", "pydantic", "SQLAlchemy", "greenlet", "asyncpg", "redis"),
    scenarios=ENDPOINTS,
    targets={"asgi": "perfcompare.stacks.fastapi_sqlalchemy.app:app"},
    server="uvicorn",
    docs="docs",
)
