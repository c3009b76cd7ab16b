"""What an ASGI server loads: DJANGO_SETTINGS_MODULE says which project it is."""

from __future__ import annotations

import django
from django.core import asgi
from django.core.handlers.asgi import ASGIHandler

from perfcompare.levers.lean_asgi.install import INSTALLATION


def get_lean_asgi_application() -> ASGIHandler:
    """Set Django up and return the ASGI callable; in the place of `django.core.asgi.get_asgi_application`."""
    django.setup(set_prefix=False)
    INSTALLATION.install()
    if not INSTALLATION.parts["handler"].is_active:
        return asgi.get_asgi_application()
    # A handler of another Django need not even have what this one imports.
    from perfcompare.levers.lean_asgi.handler import LeanASGIHandler

    return LeanASGIHandler()


application = get_lean_asgi_application()
