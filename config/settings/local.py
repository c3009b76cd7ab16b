"""The development server: every stack mounted, admin, reports; nothing to configure."""

from __future__ import annotations

from config.settings import silk
from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, INSTALLED_APPS, LOGGING, MIDDLEWARE
from perfcompare import mounted, recording
from perfcompare.core import env

DEBUG = env.flag("DEBUG", default=True)
# A key for a server on 127.0.0.1 only; config.settings.production refuses it.
SECRET_KEY = env.text("SECRET_KEY", "development-only-key-that-production-refuses")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
WSGI_APPLICATION = "config.development.application"
STACK_NAME = "development"

# Every Django stack at once: its apps, and the settings it declares (stacks of one family declare the same ones).
INSTALLED_APPS = list(
    dict.fromkeys(
        [
            "perfcompare",  # before Django's staticfiles, which has a runserver as well
            *INSTALLED_APPS,
            "drf_spectacular",
            "drf_spectacular_sidecar",
            *(["dmr"] if "modern_rest" in mounted.DJANGO else []),  # its documentation's pages
            "silk",
            *(app for part in mounted.DJANGO.values() for app in part.apps),
        ]
    )
)
DATABASES = {**DATABASES, recording.ALIAS: silk.DATABASE}
DATABASE_ROUTERS = silk.ROUTERS
globals().update(silk.SETTINGS)
SILKY_INTERCEPT_FUNC = silk.asks_an_api
# SILK=0 leaves silk's pages, and what `perfcompare profile` recorded for them.
if env.flag("SILK", default=True):
    MIDDLEWARE = [recording.BOUNDED, *MIDDLEWARE]
    SILKY_MIDDLEWARE_CLASS = recording.BOUNDED
LOGIN_URL = "admin:login"
LOGGING = {**LOGGING, "loggers": {**LOGGING["loggers"], **silk.LOGGERS}}  # type: ignore[dict-item]
for _part in mounted.DJANGO.values():
    globals().update(_part.settings)
