"""What servers load."""

from __future__ import annotations
