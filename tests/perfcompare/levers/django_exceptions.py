"""Django's own tests that a lean handler does not pass, each with its reason: there is none."""

from __future__ import annotations

EXCEPTIONS: dict[str, str] = {}
