"""`transaction.on_commit` without a connection that is opened to learn that nothing is to be committed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from perfcompare.levers._orm import database_path
from perfcompare.levers._replacing import Replacement


def get_autocommit(self: BaseDatabaseWrapper) -> bool:
    """As Django's, which connects first; a connection that is not open will be opened with what the settings say."""
    next(AUTOCOMMIT.calls)
    if self.connection is None and not self.in_atomic_block and database_path.opens(self):
        return bool(self.settings_dict["AUTOCOMMIT"])
    return bool(AUTOCOMMIT.original(self))


AUTOCOMMIT: Final = Replacement(BaseDatabaseWrapper, "get_autocommit", get_autocommit, "7fbb509a6735")
REPLACEMENTS: Final = (AUTOCOMMIT,)


def objections() -> Iterator[str]:
    """Which connections are opened all the same, and why."""
    for alias in connections:
        if not database_path.opens(connections[alias]):
            yield f"off for {alias!r}: {database_path.objection(alias)}."
