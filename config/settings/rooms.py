"""Settings of a room of Django (`manage.py perfcompare sockets`): channels, and the layer that the room names."""

from __future__ import annotations

from typing import Any

from config.settings.base import *  # noqa: F403
from config.settings.base import CACHES
from perfcompare.core import env
from perfcompare.rooms._channels.layers import MEMORY, VARIABLE

STACK_NAME = env.text("PERFCOMPARE_STACK")
DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "perfcompare.rooms._channels.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "users",
    "channels",
]

_layer = env.text(VARIABLE)
_options: dict[str, Any] = {} if _layer == MEMORY else {"hosts": [CACHES["default"]["LOCATION"]]}
CHANNEL_LAYERS = {"default": {"BACKEND": _layer, "CONFIG": _options}}
