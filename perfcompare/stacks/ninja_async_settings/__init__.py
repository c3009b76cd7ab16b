"""The stack `ninja_async` by settings alone. Its code and its server are unchanged."""

from __future__ import annotations

from perfcompare.contract.by_settings import POOLED
from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="Django Ninja (async) by settings",
    summary="the asynchronous operations of Django Ninja unchanged, with documented settings, no levers",
    packages=("django-ninja", "Django", "pydantic", "asgiref", "psycopg-pool"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    django=DjangoPart(urlconf="perfcompare.stacks.ninja_async.urls", apps=("ninja",)),
    by_settings=(POOLED,),
)
