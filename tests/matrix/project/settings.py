"""A small project with everything that levers touch. MATRIX says which levers it has: none, all or api."""

from __future__ import annotations

import importlib
import os
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.matrix.combinations import LEVERS

_LEVERS = os.environ["MATRIX"]
_IS_ASGI = os.environ["MATRIX_INTERFACE"] == "asgi"
_URL = urlsplit(os.environ["DATABASE_URL"])

SECRET_KEY = "of the matrix"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "tests.matrix.project.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "rest_framework.authtoken",
    "tests.matrix.project",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _URL.path.lstrip("/"),
        "USER": _URL.username or "",
        "PASSWORD": _URL.password or "",
        "HOST": parse_qs(_URL.query).get("host", [_URL.hostname or ""])[0],
        "PORT": str(_URL.port or ""),
    }
}
CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": os.environ["REDIS_URL"]}}
CACHES["default"]["KEY_PREFIX"] = os.environ["MATRIX_PREFIX"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 3,
}
INSERT_FIRST = ["tests.matrix.project.drf.AuthorSerializer"]
LOGGING = {"version": 1, "disable_existing_loggers": False, "loggers": {"django": {"level": "CRITICAL"}}}

for _name in () if _LEVERS == "none" else LEVERS:
    _lever = importlib.import_module(f"perfcompare.levers.{_name}")
    if _name == "database_connections" and _IS_ASGI:
        _lever.under_asgi(globals())
    elif _name != "api_middleware" or _LEVERS == "api":
        _lever.LEVER.settings(globals())
