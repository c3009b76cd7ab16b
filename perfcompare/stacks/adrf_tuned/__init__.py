"""The stack `adrf` with levers. Its code is unchanged."""

from __future__ import annotations

from perfcompare.contract.drf_settings import SETTINGS
from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.contract.lever_settings import NATIVE_ASYNC
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="adrf tuned",
    summary="the views of adrf unchanged, with levers",
    packages=("adrf", "djangorestframework", "Django"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    django=DjangoPart(
        urlconf="perfcompare.stacks.adrf.urls", apps=("rest_framework", "adrf"), settings={**SETTINGS, **NATIVE_ASYNC}
    ),
    levers=(
        "inline_middleware",
        "lean_asgi",
        "native_async",
        "compiled_queries",
        "orjson_rendering",
        "compiled_serializers",
        "lean_drf",
        "cached_bytes",
        "token_cache",
        "api_middleware",
        "frozen_gc",
    ),
)
