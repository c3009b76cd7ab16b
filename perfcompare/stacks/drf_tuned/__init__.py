"""The stack `drf` with levers. Its code is unchanged."""

from __future__ import annotations

from perfcompare.contract.by_settings import GRANIAN
from perfcompare.contract.drf_settings import SETTINGS
from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.contract.lever_settings import INSERT_FIRST
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="DRF tuned",
    summary="the views of DRF unchanged, with levers",
    packages=("djangorestframework", "Django"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="granian_wsgi",
    django=DjangoPart(
        urlconf="perfcompare.stacks.drf.urls", apps=("rest_framework",), settings={**SETTINGS, **INSERT_FIRST}
    ),
    by_settings=(GRANIAN,),
    levers=(
        "database_connections",
        "orjson_rendering",
        "compiled_serializers",
        "compiled_queries",
        "compiled_writes",
        "insert_first",
        "lean_drf",
        "cached_bytes",
        "token_cache",
        "api_middleware",
        "lean_wsgi",
        "frozen_gc",
    ),
)
