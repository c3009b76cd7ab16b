"""The whole result of a QuerySet as a dialogue: statements go out, rows come in, and the driver is somebody else's."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models.query import normalize_prefetch_lookups

from perfcompare.levers._orm.plans import Statement, statement_for
from perfcompare.levers._orm.querysets import AnyQuerySet
from perfcompare.levers._orm.related import Left, Loaded, relate


def load(queryset: AnyQuerySet) -> Loaded:
    """The results of `queryset` with what it prefetches, and what Django must still prefetch; None before anything is
    asked for a QuerySet that only Django itself can ask."""
    try:
        statement = statement_for(queryset)
    except EmptyResultSet:
        return [], []
    if statement is None:
        return None
    results = statement.plan.results((yield statement), queryset)
    lookups = queryset._prefetch_related_lookups
    return results, ((yield from prefetch(results, lookups)) if lookups and results else [])


def prefetch(instances: list[Any], lookups: Sequence[Any]) -> Generator[Statement, Sequence[Any], Left]:
    """Prefetch `lookups` for `instances`, which one QuerySet gave; what is left to Django comes back, in order.

    As soon as one lookup is left, so are those behind it: they may follow it.
    """
    waiting = normalize_prefetch_lookups(lookups)
    if _may_collide(waiting):
        return [(instances, waiting)]
    left: Left = []
    for place, lookup in enumerate(waiting):
        below = yield from relate(instances, lookup, load)
        if below is None:
            return [*left, (instances, waiting[place:])]
        left += below
    return left


def _may_collide(lookups: Sequence[Any]) -> bool:
    """Whether one of them may be seen twice, of which Django decides with a look at all."""
    names = [one.prefetch_to for one in lookups]
    return len({*names}) < len(names) or any(
        "__" in one.prefetch_through and one.queryset is not None for one in lookups
    )
