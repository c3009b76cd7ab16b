"""Plain Django REST Framework with coroutines around the ORM, as it is published, made to work by threads."""

from __future__ import annotations

from perfcompare.contract.drf_settings import SETTINGS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="DRF, naive async",
    summary="plain DRF views under ASGI whose thread waits for a coroutine, which has a thread ask the ORM",
    packages=("djangorestframework", "Django"),
    scenarios=frozenset({"simple", "user_detail", "upstream"}),
    targets={"asgi": DJANGO_TARGETS["asgi"]},
    server="uvicorn",
    django=DjangoPart(urlconf="perfcompare.stacks.drf_naive.urls", apps=("rest_framework",), settings=SETTINGS),
)
