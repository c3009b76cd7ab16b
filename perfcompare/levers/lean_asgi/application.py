"""What an ASGI server loads: DJANGO_SETTINGS_MODULE says which project it is."""

from __future__ import annotations

from typing import Any

import django
from django.core.asgi import get_asgi_application

from perfcompare.levers._replacing import works
from perfcompare.levers.lean_asgi import LEVER


def get_lean_asgi_application() -> Any:
    """Set Django up and return the ASGI callable; in the place of `django.core.asgi.get_asgi_application`.

    With versions that the lever was not tested with it is Django's own.
    """
    django.setup(set_prefix=False)
    if not works("lean_asgi", LEVER.tested):
        return get_asgi_application()
    from perfcompare.levers.lean_asgi.handler import LeanASGIHandler

    return LeanASGIHandler()


application = get_lean_asgi_application()
