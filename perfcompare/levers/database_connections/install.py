"""The parts of the lever that are no settings: a limit to the wait for answers, and the end with the thread."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers._versions import PSYCOPG_WAKING
from perfcompare.levers.database_connections import LEVER

INSTALLATION: Final = Installation(
    "database_connections",
    Part("answer_limit", tested=(PSYCOPG_WAKING,)),
    Part("ended_threads"),
    tested=LEVER.tested,
)
