"""Django's own asynchronous views without a framework on top: the best that Django itself can do."""

from __future__ import annotations

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.contract.lever_settings import NATIVE_ASYNC
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="Django lean",
    summary="Django's own asynchronous views with Pydantic for input, and levers",
    packages=("Django", "pydantic", "asgiref", "orjson", "limits"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    streams=True,
    django=DjangoPart(urlconf="perfcompare.stacks.django_lean.urls", settings=NATIVE_ASYNC),
    levers=(
        "lean_asgi",
        "native_async",
        "compiled_queries",
        "database_json",
        "cached_bytes",
        "token_cache",
        "api_middleware",
        "frozen_gc",
    ),
)
