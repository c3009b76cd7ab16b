"""The stack `drf` by settings alone. Its code is unchanged. A team can have it without writing or copying any code.

Rendering JSON alone is a setting too (`DEFAULT_RENDERER_CLASSES`). Plain `drf` has it already here.
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
    # A persistent connection belongs to a thread that serves many requests. ASGI has no such thread.
    targets={"wsgi": DJANGO_TARGETS["wsgi"]},
    server="granian_wsgi",
    django=DjangoPart(urlconf="perfcompare.stacks.drf.urls", apps=("rest_framework",), settings=SETTINGS),
    by_settings=(PERSISTENT, GRANIAN),
)
