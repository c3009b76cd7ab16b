"""A process whose requests silk records: as a timed one, plus silk. It answers on loopback and is never timed."""

from __future__ import annotations

from django.http import HttpRequest

from config.settings import silk
from config.settings.bench import *  # noqa: F403
from config.settings.bench import DATABASES, INSTALLED_APPS, MIDDLEWARE
from config.settings.silky import *  # noqa: F403
from perfcompare import recording
from perfcompare.core import env

INSTALLED_APPS = [*INSTALLED_APPS, "silk"]
MIDDLEWARE = [recording.RECORDER, *MIDDLEWARE]
DATABASES = {**DATABASES, recording.ALIAS: silk.DATABASE}
DATABASE_ROUTERS = silk.ROUTERS
# It shows no pages.
SILKY_AUTHENTICATION = False
SILKY_AUTHORISATION = False
SILKY_MIDDLEWARE_CLASS = recording.RECORDER
# cProfile sees one thread: of an async view it would show the event loop.
SILKY_PYTHON_PROFILER = env.flag("PERFCOMPARE_CPROFILE")


def SILKY_INTERCEPT_FUNC(request: HttpRequest) -> bool:
    """Only what the profile command asks for."""
    return request.headers.get("X-Perfcompare-Profile") == "silk"
