"""The stack `ninja` with levers. Its code is unchanged."""

from __future__ import annotations

from perfcompare.contract.by_settings import GRANIAN
from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.contract.lever_settings import FINISHED_JSON
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="Django Ninja tuned",
    summary="the operations of Django Ninja unchanged, with levers",
    packages=("django-ninja", "Django", "pydantic"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="granian_wsgi",
    django=DjangoPart(urlconf="perfcompare.stacks.ninja.urls", apps=("ninja",), settings=FINISHED_JSON),
    by_settings=(GRANIAN,),
    levers=(
        "database_connections",
        "compiled_queries",
        "compiled_writes",
        "lean_ninja",
        "cached_bytes",
        "token_cache",
        "api_middleware",
        "lean_wsgi",
        "frozen_gc",
    ),
)
