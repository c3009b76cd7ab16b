"""The errors of asyncpg that mean 503."""

from __future__ import annotations

from typing import Final

import asyncpg

AWAY: Final = (
    OSError,
    asyncpg.InterfaceError,
    # A connection that PostgreSQL has just ended, and whose end asyncpg has not yet noticed.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)
"""What asyncpg raises when PostgreSQL is unreachable, refuses, hangs, or ends a connection."""
