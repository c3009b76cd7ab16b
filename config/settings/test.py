"""The tests: as local, with a fast password hasher and DEBUG off as in production."""

from __future__ import annotations

from config.settings.local import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
