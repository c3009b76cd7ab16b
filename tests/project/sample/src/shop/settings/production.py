"""On the servers."""

from __future__ import annotations

from shop.settings.base import *  # noqa: F403

SECURE_CONTENT_TYPE_NOSNIFF = True
