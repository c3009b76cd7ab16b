"""The stack `modern_rest` by settings alone. Its code and its server are unchanged."""

from __future__ import annotations

from perfcompare.contract.by_settings import POOLED
from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.contract.modern_rest_settings import SETTINGS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="django-modern-rest by settings",
    summary="the controllers of django-modern-rest unchanged, with documented settings, no levers",
    packages=("django-modern-rest", "Django", "pydantic", "msgspec", "asgiref", "psycopg-pool"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    django=DjangoPart(urlconf="perfcompare.stacks.modern_rest.urls", settings=SETTINGS),
    by_settings=(POOLED,),
)
