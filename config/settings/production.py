"""A server that others can reach: refuses to start with anything that only a developer's own machine may have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.core.exceptions import ImproperlyConfigured

from config.settings.mounted import *  # noqa: F403
from config.settings.mounted import INSTALLED_APPS
from perfcompare.core import env
from perfcompare.core.errors import UsageError

MIN_KEY_LENGTH = 50
"""What `check --deploy` asks for."""

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
STACK_NAME = "production"


SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True


class UnfitError(ImproperlyConfigured, UsageError):
    """Raised when these settings must not be used as they are; the message has a line for each fault."""


def faults(*, debug: bool, key: str, hosts: Sequence[str], apps: Sequence[str]) -> Iterator[str]:
    """A sentence for each thing that must not be in production: what it is and the way out."""
    if debug:
        yield "DEBUG is on and would show code and settings to everybody: unset DEBUG."
    if not key:
        yield f"SECRET_KEY is not set: set it to {MIN_KEY_LENGTH} random characters or more."
    elif key.startswith(("development-only", "django-insecure")):
        yield "SECRET_KEY is the published one of development: set it to a random one of your own."
    elif len(key) < MIN_KEY_LENGTH:
        yield f"SECRET_KEY has only {len(key)} characters: set it to {MIN_KEY_LENGTH} random characters or more."
    if not hosts:
        yield "ALLOWED_HOSTS is empty: set it to the names of this server, with commas between them."
    elif "*" in hosts:
        yield "ALLOWED_HOSTS holds *, which lets everybody choose the name of this server: list its names."
    if any(app.partition(".")[0] == "silk" for app in apps):
        yield "silk is installed and keeps everybody's requests: it is for development only, take it out."


_faults = list(faults(debug=DEBUG, key=SECRET_KEY, hosts=ALLOWED_HOSTS, apps=INSTALLED_APPS))
if _faults:
    raise UnfitError("\n".join(["These are config.settings.production, and something is not fit for it.", *_faults]))
