"""Which transactions are open around a piece of asynchronous code.

`transaction.atomic` runs in a thread of `sync_to_async`, on that thread's connection, which the event loop cannot see.
The context can: asgiref carries context variables into the thread and back
(https://docs.djangoproject.com/en/5.2/topics/async/#asgiref.sync.sync_to_async).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from django.db import DEFAULT_DB_ALIAS
from django.db.transaction import Atomic

from perfcompare.levers._orm.database_wrapper import present_of
from perfcompare.levers._replacing import Replacement

_open: Final[ContextVar[tuple[str, ...]]] = ContextVar("native_async_open_transactions", default=())


def in_transaction(alias: str) -> bool:
    """Whether the code that asks is inside `transaction.atomic` on the database `alias`."""
    present = present_of(alias)
    return alias in _open.get() or (present is not None and present.in_atomic_block)


def enter(self: Atomic) -> None:
    """As `Atomic.__enter__`."""
    ENTER.inner(self)
    _open.set((*_open.get(), self.using or DEFAULT_DB_ALIAS))


def leave(self: Atomic, *error: object) -> None:
    """As `Atomic.__exit__`."""
    names = list(_open.get())
    alias = self.using or DEFAULT_DB_ALIAS
    if alias in names:
        names.remove(alias)
        _open.set(tuple(names))
    LEAVE.inner(self, *error)


ENTER: Final = Replacement(Atomic, "__enter__", enter, "70e20bff38b1")
LEAVE: Final = Replacement(Atomic, "__exit__", leave, "78ec6b966ea5")
REPLACEMENTS: Final = (ENTER, LEAVE)
