"""The numbers of the contract that every stack, service and test shares (docs/contract.md)."""

from __future__ import annotations

from typing import Final

MAX_BODY_BYTES: Final = 1024 * 1024
"""A larger request body is answered with 413."""
MAX_NAME_LENGTH: Final = 150
MAX_EMAIL_LENGTH: Final = 254
MAX_ID: Final = 2**63 - 1
"""The largest bigint; ids outside 1..MAX_ID are 422."""
MAX_LIMIT: Final = 1000
DEFAULT_LIMIT: Final = 100
MAX_OFFSET: Final = 1_000_000_000
MAX_PAGE: Final = 1_000_000
CACHED_PAGE_SIZE: Final = 100
MAX_TAGS: Final = 50
MAX_TAG_LENGTH: Final = 50
MAX_DELAY_MS: Final = 10_000
DEFAULT_DELAY_MS: Final = 50

CACHE_SECONDS: Final = 300
DATABASE_TIMEOUT_S: Final = 2
"""Longest wait for a connection to the database, or for one from a pool; then 503."""
CACHE_TIMEOUT_S: Final = 0.5
UPSTREAM_TIMEOUT_S: Final = 2.0
"""Longest wait for the upstream service; then 504."""
