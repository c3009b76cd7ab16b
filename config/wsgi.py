"""What a WSGI server loads: Django, behind the contract's limit on request bodies."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from perfcompare.contract.body_limit import limit_body_wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = limit_body_wsgi(get_wsgi_application())
