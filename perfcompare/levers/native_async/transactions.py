"""Which transactions are open around a piece of asynchronous code.

`transaction.atomic` runs in a thread of `sync_to_async`, on that thread's connection, which the event loop cannot see.
The context can: asgiref carries context variables into the thread and back
(https://docs.djangoproject.com/en/5.2/topics/async/#asgiref.sync.sync_to_async).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.transaction import Atomic

_open: Final[ContextVar[tuple[str, ...]]] = ContextVar("native_async_open_transactions", default=())


def in_transaction(alias: str) -> bool:
    """Whether the code that asks is inside `transaction.atomic` on the database `alias`."""
    return alias in _open.get() or connections[alias].in_atomic_block


def watch() -> None:
    """Let every `transaction.atomic` be seen by `in_transaction`."""
    enter, leave = Atomic.__enter__, Atomic.__exit__

    def watched_enter(self: Any) -> None:
        enter(self)
        _open.set((*_open.get(), self.using or DEFAULT_DB_ALIAS))

    def watched_leave(self: Any, *error: Any) -> None:
        names = list(_open.get())
        alias = self.using or DEFAULT_DB_ALIAS
        if alias in names:
            names.remove(alias)
            _open.set(tuple(names))
        leave(self, *error)

    Atomic.__enter__ = watched_enter  # type: ignore[method-assign]
    Atomic.__exit__ = watched_leave  # type: ignore[method-assign]
