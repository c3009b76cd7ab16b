"""Django Ninja with synchronous handlers."""

from __future__ import annotations

from perfcompare.core.stack import ALL_SCENARIOS, DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="Django Ninja",
    summary="Django Ninja, synchronous handlers and the synchronous ORM",
    packages=("django-ninja", "Django", "pydantic"),
    scenarios=ALL_SCENARIOS,
    targets=DJANGO_TARGETS,
    server="gunicorn_gthread",
    django=DjangoPart(urlconf="perfcompare.stacks.ninja.urls", apps=("ninja",)),
    docs="docs",
)
