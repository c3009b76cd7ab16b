"""The shape of a QuerySet that a related manager has made, without the filter being added to its query.

`user.groups.all()` is a QuerySet whose filter Django adds as soon as somebody looks at its query
(https://github.com/django/django/blob/stable/5.2.x/django/db/models/query.py, `_deferred_filter`). What that filter
makes of a query of a shape is the same each time, but for the value: so it is added once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model
from django.db.models.lookups import Lookup
from django.db.models.query import QuerySet
from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.query import Query

from perfcompare.levers._orm.querysets import FILTERS, AnyQuerySet
from perfcompare.levers._orm.shapes import VALUES, Shape, is_compared_by, shape_of
from perfcompare.levers._orm.stock import Stock

Shaped = tuple[Shape, list[Lookup]]
_MOST: Final = 1000
_ADDS: Final = Stock(QuerySet, "_filter_or_exclude_inplace", "query")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Added:
    """What a filter with one argument makes of a query."""

    shape: Shape
    kind: type[Lookup]
    column: Any
    compared: type[Any]
    """The type of the value as the lookup has it."""
    query: Query
    """The first one; it keeps alive what the numbers in the shape come from."""


_added: Final[dict[tuple[Any, ...], _Added | None]] = {}


def forget() -> None:
    """Add all filters anew."""
    _added.clear()


def query_of(queryset: AnyQuerySet) -> Query:
    """The query, perhaps without the filter: for what a filter does not change."""
    return queryset.__dict__["_query"] if queryset._deferred_filter else queryset.query


def shape_of_queryset(queryset: AnyQuerySet) -> Shaped | None:
    """As `shape_of` its query."""
    deferred = queryset._deferred_filter
    if deferred is None:
        return shape_of(queryset.query)
    negate, args, kwargs = deferred
    query: Query = queryset.__dict__["_query"]
    if negate or args or len(kwargs) != 1 or not FILTERS.holds(Query) or not _ADDS.holds(type(queryset)):
        return shape_of(queryset.query)
    # A filter may take up a join that is there, which is more than the shape says.
    before = shape_of(query) if all(type(one) is BaseTable for one in query.alias_map.values()) else None
    [(name, value)] = kwargs.items()
    kind = type(value)
    if before is None or kind is bool or not (kind in VALUES or issubclass(kind, Model)):
        return shape_of(queryset.query)
    key = before[0], name, kind
    added = _added.get(key)
    if added is not None and is_compared_by(added.kind, added.column):
        lookup = added.kind(added.column, value)
        return (added.shape, [*before[1], lookup]) if type(lookup.rhs) is added.compared else shape_of(queryset.query)
    found = shape_of(queryset.query)
    if key not in _added:
        if len(_added) >= _MOST:
            _added.clear()
        _added[key] = _of(queryset.query, found, len(before[1]))
    return found


def _of(query: Query, found: Shaped | None, before: int) -> _Added | None:
    if found is None or len(found[1]) != before + 1:
        return None
    last = found[1][-1]
    return _Added(shape=found[0], kind=type(last), column=last.lhs, compared=type(last.rhs), query=query)
