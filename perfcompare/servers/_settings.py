"""The settings that every server gets and `Launch` does not vary."""

from __future__ import annotations

from typing import Final

LOG_LEVEL: Final = "warning"
STOP_S: Final = 5
"""How long a server that was told to end waits for requests under way."""
MAX_CONNECTIONS: Final = 16384
"""Open connections per worker; above what any load opens, so that no server turns one away before another does."""
