"""The development server: every stack mounted, admin, reports; nothing to configure."""

from __future__ import annotations

from config.settings import silk
from config.settings.base import DATABASES, LOGGING, MIDDLEWARE
from config.settings.mounted import *  # noqa: F403
from config.settings.mounted import INSTALLED_APPS
from config.settings.silky import *  # noqa: F403
from perfcompare import mounted, recording
from perfcompare.core import env

DEBUG = env.flag("DEBUG", default=True)
# A key for a server on 127.0.0.1 only; config.settings.production refuses it.
SECRET_KEY = env.text("SECRET_KEY", "development-only-key-that-production-refuses")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
WSGI_APPLICATION = "config.development.application"
STACK_NAME = "development"

INSTALLED_APPS = list(
    dict.fromkeys(
        [
            "perfcompare.apps.LaboratoryConfig",  # before Django's staticfiles, which has a runserver as well
            *INSTALLED_APPS,
            "drf_spectacular",
            "drf_spectacular_sidecar",
            *(["dmr"] if "modern_rest" in mounted.DJANGO else []),  # its documentation's pages
            "silk",
        ]
    )
)
DATABASES = {**DATABASES, recording.ALIAS: silk.DATABASE}
DATABASE_ROUTERS = silk.ROUTERS
SILKY_INTERCEPT_FUNC = silk.asks_an_api
# SILK=0 leaves silk's pages, and what `perfcompare profile` recorded for them.
if env.flag("SILK", default=True):
    MIDDLEWARE = [recording.BOUNDED, *MIDDLEWARE]
    SILKY_MIDDLEWARE_CLASS = recording.BOUNDED
LOGIN_URL = "admin:login"
LOGGING = {**LOGGING, "loggers": {**LOGGING["loggers"], **silk.LOGGERS}}  # type: ignore[dict-item]
