"""Whether a connection of asyncpg is like those of Django, whose whole way to the database it goes past.

That is asked before each query, of attributes alone: of the database wrapper and the cursor (`_orm.database_path`), of
routers, of the receivers that prepare a new connection, and of what was done to Django's connections (`watch`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from perfcompare.levers._orm import database_path, querysets, sessions
from perfcompare.levers._orm.database_wrapper import sample_of
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._settings import setting
from perfcompare.levers.native_async import watch


def is_stock(alias: str) -> bool:
    """Whether Django's connection of `alias` would be nothing more than a new one of asyncpg is."""
    sample = sample_of(alias)
    return (
        database_path.is_stock(sample)
        and database_path.opens(sample)
        and database_path.compiles(sample)
        and sample.timezone is datetime.UTC
        and not setting("DEBUG")  # Django logs statements
        and not sessions.preparing()
        and watch.is_quiet(alias, type(sample))
    )


def goes(queryset: QuerySet[Any], stock: Stock) -> bool:
    """Whether `queryset` may be asked here: its class changes nothing of `stock`, and no router wants to be asked."""
    return not database_path.has_routers() and stock.holds(type(queryset))


def objections() -> Iterator[str]:
    """What is left to Django at this moment, and why."""
    from perfcompare.levers.native_async.addresses import unreachable

    yield from database_path.objections()
    yield from sessions.objections()
    for alias in connections:
        if database_path.objection(alias) is None:
            said = unreachable(alias) or watch.objection(alias, type(sample_of(alias)))
            said = said or ("settings.DEBUG logs statements" if setting("DEBUG") else None)
            if said:
                yield f"off for {alias!r}: {said}."
    yield from querysets.objections()
