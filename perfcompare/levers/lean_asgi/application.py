"""What an ASGI server loads: DJANGO_SETTINGS_MODULE says which project it is."""

from __future__ import annotations

import django

from perfcompare.levers.lean_asgi.handler import LeanASGIHandler


def get_lean_asgi_application() -> LeanASGIHandler:
    """Set Django up and return the ASGI callable; in the place of `django.core.asgi.get_asgi_application`."""
    django.setup(set_prefix=False)
    return LeanASGIHandler()


application = get_lean_asgi_application()
