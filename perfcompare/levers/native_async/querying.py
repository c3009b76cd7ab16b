"""All replaced methods of QuerySet, with the watch over transactions without which none of them may run."""

from __future__ import annotations

from typing import Final

from perfcompare.levers.native_async import creating, reading, transactions

REPLACEMENTS: Final = (*transactions.REPLACEMENTS, *reading.REPLACEMENTS, *creating.REPLACEMENTS)
