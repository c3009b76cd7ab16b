"""Locust's events. They have no types of their own, and a listener must keep its."""

from __future__ import annotations

from typing import Any, Final

import locust

events: Final[Any] = locust.events
