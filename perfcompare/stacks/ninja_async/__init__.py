"""Django Ninja with asynchronous handlers."""

from __future__ import annotations

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="Django Ninja (async)",
    summary="Django Ninja, asynchronous handlers and the ORM's asynchronous interface",
    packages=("django-ninja", "Django", "pydantic", "asgiref"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    streams=True,
    django=DjangoPart(urlconf="perfcompare.stacks.ninja_async.urls", apps=("ninja",)),
    docs="docs",
)
