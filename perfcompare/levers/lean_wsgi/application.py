"""What a WSGI server loads: DJANGO_SETTINGS_MODULE says which project it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django
from django.core import wsgi

from perfcompare.levers.lean_wsgi.install import INSTALLATION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def get_lean_wsgi_application() -> WSGIApplication:
    """Set Django up and return the WSGI callable; in the place of `django.core.wsgi.get_wsgi_application`."""
    django.setup(set_prefix=False)
    INSTALLATION.install()
    if not INSTALLATION.parts["handler"].is_active:
        return wsgi.get_wsgi_application()
    # A handler of another Django need not even have what this one imports.
    from perfcompare.levers.lean_wsgi.bodies import limited
    from perfcompare.levers.lean_wsgi.handler import LeanWSGIHandler

    return limited(LeanWSGIHandler())


application = get_lean_wsgi_application()
