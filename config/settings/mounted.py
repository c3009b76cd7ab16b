"""Base of the settings for development and production: every Django stack at once, with its apps and settings.

Stacks of one family declare the same settings.
"""

from __future__ import annotations

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS
from perfcompare import mounted

INSTALLED_APPS = list(dict.fromkeys([*INSTALLED_APPS, *(app for part in mounted.DJANGO.values() for app in part.apps)]))
for _part in mounted.DJANGO.values():
    _part.apply(globals())
