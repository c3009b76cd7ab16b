"""What an ASGI server loads: Django, behind what the contract asks of bodies and content types."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from perfcompare.contract.body_limit import LimitBodyASGI
from perfcompare.contract.content_type import PlainTypeASGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = LimitBodyASGI(PlainTypeASGI(get_asgi_application()))
