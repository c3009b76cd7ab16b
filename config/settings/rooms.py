"""Settings of a room of Django (`manage.py perfcompare sockets`): channels, and the layer that the room names."""

from __future__ import annotations

from config.settings.base import *  # noqa: F403
from perfcompare.core import env
from perfcompare.rooms._channels.layers import VARIABLE, configured

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

CHANNEL_LAYERS = configured(env.text(VARIABLE), env.text("REDIS_URL"))
