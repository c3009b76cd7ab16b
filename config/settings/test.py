"""The tests: as local, with a fast password hasher and DEBUG off as in production."""

from __future__ import annotations

import os

from perfcompare.core import env

# Each worker of pytest-xdist has services and locks of its own; said before any other setting asks where they are.
if _worker := env.text("PYTEST_XDIST_WORKER", ""):
    _folder = env.state_folder()
    if _folder.name != _worker:
        os.environ["PERFCOMPARE_STATE"] = str(_folder / "tests" / _worker)

# Nothing is recorded but where a test asks for it; so in the processes that tests start.
os.environ["SILK"] = "0"

from config.settings.local import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
