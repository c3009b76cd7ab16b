"""What a WSGI server loads: DJANGO_SETTINGS_MODULE says which project it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django
from django.core.wsgi import get_wsgi_application

from perfcompare.levers._replacing import works
from perfcompare.levers.lean_wsgi import LEVER

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def get_lean_wsgi_application() -> WSGIApplication:
    """Set Django up and return the WSGI callable; in the place of `django.core.wsgi.get_wsgi_application`.

    With versions that the lever was not tested with it is Django's own.
    """
    django.setup(set_prefix=False)
    if not works("lean_wsgi", LEVER.tested):
        return get_wsgi_application()
    from perfcompare.levers.lean_wsgi.bodies import limited
    from perfcompare.levers.lean_wsgi.handler import LeanWSGIHandler

    return limited(LeanWSGIHandler())


application = get_lean_wsgi_application()
