"""All replaced methods of QuerySet, with the watch over transactions and sessions without which none may run."""

from __future__ import annotations

from typing import Any, Final

from perfcompare.levers.native_async import creating, inserting, reading, transactions, trusting, watching

REPLACEMENTS: Final = (
    *watching.REPLACEMENTS,
    *transactions.REPLACEMENTS,
    *reading.REPLACEMENTS,
    *creating.REPLACEMENTS,
)
after_install = watching.begin
objections = trusting.objections


def forget(**_signal: Any) -> None:
    """Make all statements anew."""
    inserting.forget()
