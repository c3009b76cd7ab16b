"""The shape of a query: what its SQL depends on, apart from the parameters.

Two queries of the same shape compile to the same SQL. A query has a shape only when every one of its attributes is
known here to be irrelevant, empty or comparable; whatever is not known, in this version of Django or the next, has
none. The attributes are those of https://github.com/django/django/blob/stable/5.2.x/django/db/models/sql/query.py.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from django.db.models import Field, ForeignKey, ManyToOneRel, OneToOneField, OneToOneRel, lookups
from django.db.models.expressions import Col
from django.db.models.fields import related_lookups
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.query import Query
from django.db.models.sql.where import AND, OR, WhereNode

from perfcompare.levers._orm.array_lookup import AnyOf

Shape = tuple[Any, ...]

_IRRELEVANT: Final = frozenset(
    {
        # How a table came to be used: alias_map and its count are looked at instead.
        "alias_refcount", "table_map", "used_aliases", "subq_aliases", "base_table", "filter_is_sticky",
        # Which tables the last filter joined: only exclude() asks.
        "_lookup_joins",
        # Caches of what annotations and extra say, which must be empty.
        "_annotation_select_cache", "_extra_select_cache",
        # Looked at one by one, below.
        "model", "where", "alias_map", "low_mark", "high_mark", "select", "select_related", "order_by",
        "deferred_loading",
    }
)  # fmt: skip
_EMPTY: Final = frozenset(
    {
        "annotations", "annotation_select_mask", "extra", "extra_select_mask", "extra_tables", "extra_order_by",
        "external_aliases", "_filtered_relations", "combinator", "combinator_all", "combined_queries",
        "select_for_update", "select_for_update_nowait", "select_for_update_skip_locked", "select_for_update_of",
        "select_for_no_key_update", "group_by", "explain_info", "subquery",
    }
)  # fmt: skip
_COMPARED: Final = frozenset(
    {
        "default_cols", "default_ordering", "standard_ordering", "max_depth", "alias_cols", "values_select",
        "distinct", "distinct_fields",
    }
)  # fmt: skip
_KINDS: Final = {name: kind for kind in (_IRRELEVANT, _EMPTY, _COMPARED) for name in kind}
"""The group that each attribute belongs to."""
_COMPARABLE: Final = frozenset({bool, int, tuple})
"""The types that Django gives to what is compared; a package may put a list there, which is no part of a key."""

LOOKUPS: Final = frozenset(
    {
        lookups.Exact, lookups.GreaterThan, lookups.GreaterThanOrEqual, lookups.LessThan, lookups.LessThanOrEqual,
        lookups.IntegerFieldExact, lookups.IntegerGreaterThan, lookups.IntegerGreaterThanOrEqual,
        lookups.IntegerLessThan, lookups.IntegerLessThanOrEqual, lookups.IExact, lookups.Contains, lookups.IContains,
        lookups.StartsWith, lookups.IStartsWith, lookups.EndsWith, lookups.IEndsWith, lookups.Regex, lookups.IRegex,
        related_lookups.RelatedExact, related_lookups.RelatedGreaterThan, related_lookups.RelatedGreaterThanOrEqual,
        related_lookups.RelatedLessThan, related_lookups.RelatedLessThanOrEqual,
    }
)  # fmt: skip
_OF_TEXTS: Final = frozenset({lookups.IExact, lookups.Regex, lookups.IRegex})
"""They give any value to a function of texts, which the server knows, or not, by the type of the value."""
LIST_LOOKUPS: Final = frozenset({lookups.In, related_lookups.RelatedIn})
_LISTS: Final = frozenset({list, tuple, set, frozenset})
_LONGEST: Final = 30
"""Values of a list that is compared: each number of them is a shape of its own."""
RELATIONS: Final = frozenset({ForeignKey, OneToOneField})
"""The relations that are a comparison of columns."""
_REVERSED: Final = frozenset({ManyToOneRel, OneToOneRel})
NULL_LOOKUPS: Final = frozenset({lookups.IsNull, related_lookups.RelatedIsNull})
VALUES: Final = frozenset(
    {
        int, str, float, decimal.Decimal, bool, bytes, uuid.UUID,
        datetime.datetime, datetime.date, datetime.time, datetime.timedelta,
    }
)  # fmt: skip
"""The types of values that end as one parameter each, whatever the value; for bool the value is part of the shape."""


class ShapelessError(Exception):
    """Raised inside this module for a query without a shape."""


def is_compared_by(kind: type[lookups.Lookup[Any]], column: Col | Field[Any, Any]) -> bool:
    """Whether Django still compares a column or field by the lookup `kind`: another one may have been registered."""
    name = kind.lookup_name
    return name is not None and column.get_lookup(name) is kind


def shape_of(query: Query) -> tuple[Shape, list[lookups.Lookup]] | None:
    """The shape of `query`, and its lookups that end as parameters, in the order of the parameters; None without one.

    The limits of a slice are not part of it.
    """
    if type(query) is not Query:
        return None
    found: list[lookups.Lookup] = []
    try:
        aliases = _used_aliases(query)
        shape = _attributes(query, aliases)
        shape += _where(query.where, aliases, found)
        return tuple(shape), found
    except ShapelessError:
        return None


def _used_aliases(query: Query) -> frozenset[str]:
    """The tables, by their aliases, that are read; those that filter() has given up again are not."""
    count = query.alias_refcount
    return frozenset([alias for alias in query.alias_map if count[alias]] or [query.__dict__["model"]._meta.db_table])


def _attributes(query: Query, aliases: frozenset[str]) -> list[Any]:
    attributes = query.__dict__
    kept = _sorted_out(tuple(attributes))
    if kept is None or any(kept.empty(attributes)):
        raise ShapelessError
    compared = kept.compared(attributes)
    if not _COMPARABLE.issuperset(map(type, compared)):
        raise ShapelessError
    selected, (names, deferred) = attributes.get("selected"), query.deferred_loading
    shape: list[Any] = [
        kept.names,
        compared,
        tuple(selected.items()) if selected else None,
        tuple(_joins(query, attributes["model"]._meta.db_table)),
        query.model,
        tuple([_column(expression, aliases) for expression in query.select]),
        _frozen(query.select_related),
        _ordering(query.order_by),
        (frozenset(names), deferred),
    ]
    return shape


@dataclass(frozen=True, kw_only=True, eq=False)
class _SortedOut:
    """The attributes that a query has of its own: those that must be empty, and those that are compared."""

    empty: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    names: tuple[str, ...]
    """Of those that are compared."""
    compared: Callable[[Mapping[str, Any]], tuple[Any, ...]]


@lru_cache(maxsize=256)
def _sorted_out(names: tuple[str, ...]) -> _SortedOut | None:
    """None where one of them is not known."""
    kinds = {name: _KINDS.get(name) for name in names if name != "selected"}
    if None in kinds.values():
        return None
    empty, compared = (sorted(name for name in kinds if kinds[name] is kind) for kind in (_EMPTY, _COMPARED))
    return _SortedOut(empty=_values_of(empty), names=tuple(compared), compared=_values_of(compared))


def _values_of(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """As `itemgetter`, which makes no tuple of one, or of none."""
    return itemgetter(*names) if len(names) > 1 else lambda attributes: tuple([attributes[name] for name in names])


def _joins(query: Query, table: str) -> list[Any]:
    """The joins that filter() made. select_related takes up those that it gave up again, as for a foreign key."""
    joins: list[Any] = []
    for alias, joined in query.alias_map.items():
        if type(joined) is BaseTable and alias == table:
            continue
        if type(joined) is not Join or joined.filtered_relation is not None or not _is_known(joined.join_field):
            raise ShapelessError
        joins.append(
            (
                alias,
                joined.table_name,
                joined.parent_alias,
                joined.join_type,
                joined.nullable,
                id(joined.join_field),
                bool(query.alias_refcount[alias]),
            )
        )
    return joins


def _is_known(field: object) -> bool:
    """Whether a join is a comparison of columns and nothing else: no restriction, as that of a generic relation."""
    one = field.field if isinstance(field, ManyToOneRel) and type(field) in _REVERSED else field
    return type(one) in RELATIONS


def _column(expression: object, aliases: frozenset[str]) -> tuple[str, int, int]:
    if type(expression) is not Col or expression.alias not in aliases:
        raise ShapelessError
    # Whoever remembers a shape keeps the query it is of, and with it these fields: the numbers are not given out anew.
    return expression.alias, id(expression.target), id(expression.output_field)


def _frozen(related: object) -> object:
    if type(related) is dict:
        return tuple([(name, _frozen(inner)) for name, inner in related.items()])
    if type(related) is not bool:
        raise ShapelessError
    return related


def _ordering(names: Iterable[Any]) -> tuple[str, ...]:
    """A tuple, also of a list, which modeltranslation puts there."""
    for name in names:
        if type(name) is not str:
            raise ShapelessError
    return tuple(names)


def _where(node: object, aliases: frozenset[str], found: list[lookups.Lookup]) -> list[Any]:
    if type(node) is not WhereNode or (node.connector != AND and node.connector != OR):
        raise ShapelessError
    shape: list[Any] = [node.connector, node.negated]
    for child in node.children:
        shape.append(
            tuple(_where(child, aliases, found)) if type(child) is WhereNode else _lookup(child, aliases, found)
        )
    return shape


def _lookup(lookup: Any, aliases: frozenset[str], found: list[lookups.Lookup]) -> tuple[Any, ...]:
    kind = type(lookup)
    if kind in LOOKUPS:
        value = lookup.rhs
        if type(value) not in VALUES or lookup.bilateral_transforms or (kind in _OF_TEXTS and type(value) is not str):
            raise ShapelessError
        if type(value) is bool:  # written without a parameter: the value is in the SQL
            if kind is not lookups.Exact or not lookup.lhs.conditional:
                raise ShapelessError
            return kind, _column(lookup.lhs, aliases), value
        found.append(lookup)
        return kind, _column(lookup.lhs, aliases), type(value)
    if kind is AnyOf:
        found.append(lookup)
        return kind, _column(lookup.lhs, aliases)
    if kind in LIST_LOOKUPS and not lookup.bilateral_transforms:
        found.append(lookup)
        return kind, _column(lookup.lhs, aliases), *_list(lookup.rhs)
    if kind in NULL_LOOKUPS and type(lookup.rhs) is bool:
        return kind, _column(lookup.lhs, aliases), lookup.rhs
    raise ShapelessError


def _list(values: Collection[object]) -> tuple[type[Any], int]:
    """The type and the number of values of one type, each of which is one parameter."""
    if type(values) not in _LISTS or not 0 < len(values) <= _LONGEST:
        raise ShapelessError
    one, *more = set(map(type, values))
    if more or one not in VALUES or one is bool or len(set(values)) != len(values):
        raise ShapelessError
    return one, len(values)
