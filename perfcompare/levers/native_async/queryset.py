"""All replaced methods of QuerySet, with the watch over transactions and sessions without which none may run."""

from __future__ import annotations

from typing import Final

from perfcompare.levers.native_async import creation, inserts, reads, transactions, trust, watch

REPLACEMENTS: Final = (
    *watch.REPLACEMENTS,
    *transactions.REPLACEMENTS,
    *reads.REPLACEMENTS,
    *creation.REPLACEMENTS,
)
after_install = watch.begin
objections = trust.objections


def forget(**_signal: object) -> None:
    """Make all statements anew."""
    inserts.forget()
