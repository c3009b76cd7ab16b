"""What servers do about clients that send slowly or not at all; tests/contract/test_slow_clients.py observes it."""

from __future__ import annotations

from typing import Final

_PROXY: Final = "Put a proxy in front that reads whole requests first, such as nginx."

UNENDING: Final = f"There is no time limit for a body that does not come: its connection stays open. {_PROXY}"
BLOCKED: Final = f"A client that sends slowly holds a thread, and as many clients as threads block a worker. {_PROXY}"
