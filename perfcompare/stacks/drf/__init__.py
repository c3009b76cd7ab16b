"""Django REST Framework with synchronous views."""

from __future__ import annotations

from perfcompare.contract.drf_settings import SETTINGS
from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="DRF",
    summary="Django REST Framework, synchronous views and the synchronous ORM",
    packages=("djangorestframework", "Django"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="gunicorn_gthread",
    streams=True,
    django=DjangoPart(urlconf="perfcompare.stacks.drf.urls", apps=("rest_framework",), settings=SETTINGS),
    docs="docs",
)
