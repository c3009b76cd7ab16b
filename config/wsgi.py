"""What a WSGI server loads: Django, behind what the contract asks of bodies and content types."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from perfcompare.contract.body_limit import limit_body_wsgi
from perfcompare.contract.content_type import plain_type_wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = limit_body_wsgi(plain_type_wsgi(get_wsgi_application()))
