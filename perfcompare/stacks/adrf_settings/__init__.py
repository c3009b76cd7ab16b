"""The stack `adrf` by settings alone. Its code and its server are unchanged."""

from __future__ import annotations

from perfcompare.contract.by_settings import POOLED
from perfcompare.contract.drf_settings import SETTINGS
from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="adrf by settings",
    summary="the views of adrf unchanged, with documented settings, no levers",
    packages=("adrf", "djangorestframework", "Django", "psycopg-pool"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    django=DjangoPart(urlconf="perfcompare.stacks.adrf.urls", apps=("rest_framework", "adrf"), settings=SETTINGS),
    by_settings=(POOLED,),
)
