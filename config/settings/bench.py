"""Settings of a process that is timed or tested: one stack with what it declares, and nothing of another stack."""

from __future__ import annotations

from config.settings import base, silk
from config.settings.base import *  # noqa: F403
from perfcompare.core import env
from perfcompare.core.lever import with_options
from perfcompare.core.limits import MAX_BODY_BYTES
from perfcompare.core.stack import prefix
from perfcompare.registries import levers, stacks

# It is a part of the stacks' cache keys. Stacks of one framework store the same value in different forms, and drf_tuned
# would pay for taking apart what drf had stored, or not, depending on which of the two was first.
STACK_NAME = env.text("PERFCOMPARE_STACK")
STACK = stacks.choose([STACK_NAME])[STACK_NAME]
if STACK.django is None:
    raise RuntimeError(f"The stack {STACK_NAME} is not a Django stack. Start its own application instead.")

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "config.urls_bench"
STACK_URLCONF = STACK.django.urlconf
STACK_PREFIX = prefix(STACK_NAME).lstrip("/")
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework.authtoken",
    "users",
    *STACK.django.apps,
]
# perfcompare.anatomy finds out what middleware costs by leaving it out.
MIDDLEWARE = list(STACK.django.middleware) if env.flag("PERFCOMPARE_MIDDLEWARE", default=True) else []

LOGGING = {
    **base.LOGGING,
    "loggers": {
        **base.LOGGING["loggers"],  # type: ignore[dict-item]
        # Every refused input would be a line; servers log no access either.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
    },
}

# A stack, its documented settings and its levers write their own settings into this module.
STACK.django.apply(globals())
for _handler in ("lean_asgi", "lean_wsgi"):
    with_options(globals(), _handler, body_limit=MAX_BODY_BYTES, type_parameters=False)
for _setting in STACK.by_settings:
    _setting.settings(globals())
for _lever in levers.choose(STACK.levers).values():
    _lever.settings(globals())

silk.refuse(INSTALLED_APPS, MIDDLEWARE)
