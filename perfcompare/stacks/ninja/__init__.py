"""Django Ninja with synchronous handlers."""

from __future__ import annotations

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="Django Ninja",
    summary="Django Ninja, synchronous handlers and the synchronous ORM",
    packages=("django-ninja", "Django", "pydantic"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="gunicorn_gthread",
    django=DjangoPart(urlconf="perfcompare.stacks.ninja.urls", apps=("ninja",)),
    docs="docs",
)
