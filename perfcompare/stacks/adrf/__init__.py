"""Django REST Framework with asynchronous views, by adrf."""

from __future__ import annotations

from perfcompare.contract.drf_settings import SETTINGS
from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="adrf",
    summary="Django REST Framework with adrf: asynchronous views, serializers and the asynchronous ORM",
    packages=("adrf", "djangorestframework", "Django"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    django=DjangoPart(urlconf="perfcompare.stacks.adrf.urls", apps=("rest_framework", "adrf"), settings=SETTINGS),
    docs="docs",
)
