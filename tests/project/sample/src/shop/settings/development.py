"""On a developer's machine, with perfcompare as the README says."""

from __future__ import annotations

from shop.settings.base import *  # noqa: F403
from shop.settings.base import INSTALLED_APPS

DEBUG = True
INSTALLED_APPS = [*INSTALLED_APPS, "perfcompare"]
