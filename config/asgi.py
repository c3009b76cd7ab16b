"""What an ASGI server loads: Django, behind the contract's limit on request bodies."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from perfcompare.contract.body_limit import LimitBodyASGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = LimitBodyASGI(get_asgi_application())
