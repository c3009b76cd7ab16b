"""All levers that are apps; SHOP_URLCONF may name another URLconf."""

from __future__ import annotations

import os

SECRET_KEY = "of the shop"
ROOT_URLCONF = os.environ.get("SHOP_URLCONF", "tests.perfcompare.levers.shop.urls")
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LEVERS = (
    *("compiled_queries", "compiled_serializers", "compiled_writes", "insert_first", "lean_drf"),
    *("lean_filters", "lean_ninja", "native_async", "token_cache"),
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "rest_framework.authtoken",
    "tests.perfcompare.levers.shop",
    "perfcompare.levers",
    *(f"perfcompare.levers.{name}" for name in LEVERS),
]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "none", "HOST": "127.0.0.1", "PORT": "1"}}
PERFCOMPARE = {"insert_first": {"serializers": ["tests.perfcompare.levers.shop.api.AuthorSerializer"]}}
