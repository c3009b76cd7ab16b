"""The stack `ninja_async` with levers. Its code is unchanged."""

from __future__ import annotations

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.contract.lever_settings import NATIVE_ASYNC
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="Django Ninja (async) tuned",
    summary="the asynchronous operations of Django Ninja unchanged, with levers",
    packages=("django-ninja", "Django", "pydantic", "asgiref"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    django=DjangoPart(urlconf="perfcompare.stacks.ninja_async.urls", apps=("ninja",), settings=NATIVE_ASYNC),
    levers=(
        "inline_middleware",
        "lean_asgi",
        "native_async",
        "compiled_queries",
        "lean_ninja",
        "cached_bytes",
        "token_cache",
        "api_middleware",
        "frozen_gc",
    ),
)
