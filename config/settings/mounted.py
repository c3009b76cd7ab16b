"""What the servers of people share: every Django stack at once, its apps and the settings it declares.

Stacks of one family declare the same settings.
"""

from __future__ import annotations

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS
from perfcompare import mounted

INSTALLED_APPS = list(dict.fromkeys([*INSTALLED_APPS, *(app for part in mounted.DJANGO.values() for app in part.apps)]))
# Only the stacks know the names, so that no assignment can spell them; in bench.py too.
for _part in mounted.DJANGO.values():
    globals().update(_part.settings)
