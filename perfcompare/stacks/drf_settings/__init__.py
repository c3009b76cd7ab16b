"""The stack `drf`, its code unchanged, by settings alone: what a team can have before it writes or copies anything.

Rendering JSON alone is a setting too (`DEFAULT_RENDERER_CLASSES`), which plain `drf` has here already.
"""

from __future__ import annotations

from perfcompare.contract.by_settings import GRANIAN, PERSISTENT
from perfcompare.contract.drf_settings import SETTINGS
from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="DRF by settings",
    summary="the views of DRF unchanged, with documented settings and another server, no levers",
    packages=("djangorestframework", "Django"),
    scenarios=ENDPOINTS,
    # A persistent connection is one of a thread that serves many requests; under ASGI there is none.
    targets={"wsgi": DJANGO_TARGETS["wsgi"]},
    server="granian_wsgi",
    django=DjangoPart(urlconf="perfcompare.stacks.drf.urls", apps=("rest_framework",), settings=SETTINGS),
    by_settings=(PERSISTENT, GRANIAN),
)
