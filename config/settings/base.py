"""What every way of running the project shares: Django's own defaults plus what the contract demands."""

from __future__ import annotations

from typing import Any

import dj_database_url

from perfcompare.core import env
from perfcompare.core.limits import CACHE_TIMEOUT_S, DATABASE_TIMEOUT_S, MAX_BODY_BYTES
from perfcompare.core.middleware import DJANGO_MIDDLEWARE
from perfcompare.services import locations

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "users.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = env.state_folder() / "static"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "users",
    "perfcompare.apps.LaboratoryConfig",
]

# A stack that wants less says so.
MIDDLEWARE = list(DJANGO_MIDDLEWARE)

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]


def _database(url: str) -> dict[str, Any]:
    database: dict[str, Any] = {**dj_database_url.parse(url)}
    if database["ENGINE"].endswith("postgresql"):
        database["OPTIONS"] = {**database.get("OPTIONS", {}), "connect_timeout": DATABASE_TIMEOUT_S}
    return database


DATABASES = {"default": _database(env.text("DATABASE_URL", locations.database_url()))}

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": env.text("REDIS_URL", locations.redis_url()),
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": CACHE_TIMEOUT_S,
            "SOCKET_TIMEOUT": CACHE_TIMEOUT_S,
            # The contract: with the cache away the answer is the same, only slower.
            "IGNORE_EXCEPTIONS": True,
        },
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
DJANGO_REDIS_LOGGER = "users.cache"

THROTTLE_RATE = env.rate("THROTTLE_RATE")
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"once_a_minute": {"()": "perfcompare.contract.logging.OnceAMinute"}},
    "formatters": {"cache_away": {"()": "perfcompare.contract.logging.CacheAway"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler"},
        "cache": {"class": "logging.StreamHandler", "filters": ["once_a_minute"], "formatter": "cache_away"},
    },
    "loggers": {"users.cache": {"handlers": ["cache"], "level": "WARNING", "propagate": False}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
