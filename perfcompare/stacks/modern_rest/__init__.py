"""django-modern-rest with asynchronous controllers."""

from __future__ import annotations

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.contract.modern_rest_settings import SETTINGS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="django-modern-rest",
    summary="django-modern-rest, asynchronous controllers and the ORM's asynchronous interface",
    packages=("django-modern-rest", "Django", "pydantic", "msgspec", "asgiref"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    django=DjangoPart(urlconf="perfcompare.stacks.modern_rest.urls", settings=SETTINGS),
    docs="docs",
)
