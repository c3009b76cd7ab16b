"""Whether a query runs nothing but Django's own code (and that of levers) while it is compiled and read.

Stock Django compiles an asynchronous query in a thread, where code of a project may wait and ask the database. On an
event loop it must do neither: so a query with a lookup, an expression, a field or a value of others goes to the thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Field, JSONField, Model, Q
from django.db.models.expressions import BaseExpression, Value
from django.db.models.sql.query import Query
from django.db.models.sql.where import NothingNode, WhereNode

from perfcompare.levers._orm.own_methods import own_method
from perfcompare.levers._orm.shapes import VALUES
from perfcompare.levers._replacing import functions_of, origin_of

_ROOTS: Final = ("django.", "perfcompare.levers.")
_PLAIN: Final = VALUES | {type(None)}
_GROUPS: Final = frozenset({list, tuple, set, frozenset, dict})


def is_own_query(query: object) -> bool:
    """Whether everything in it is Django's own."""
    return (
        type(query) is Query
        and not query.extra
        and not query.extra_tables
        and all(map(_is_own, query.where.children))
        and all(map(_is_own, query.annotations.values()))
        and all(map(_is_own, query.select))
        and all(isinstance(one, str) or _is_own(one) for one in query.order_by)
        and all(map(_is_own, _grouped(query.group_by)))
        and not query.__dict__["_filtered_relations"]
    )


def are_plain(args: Iterable[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether the arguments of a filter are values that nobody has to ask anything."""
    return all(map(_is_argument, args)) and all(map(_is_argument, kwargs.values()))


def _is_argument(value: object) -> bool:
    if type(value) is Q:
        return all(_is_argument(one[1] if type(one) is tuple else one) for one in value.children)
    return is_plain(value) or issubclass(type(value), Model)


def is_own_field(field: object) -> bool:
    """Whether the values of `field` are prepared and read by Django's code alone."""
    if type(field) is JSONField:
        return field.encoder is None and field.decoder is None and own_method(field) is None
    return is_own_class(type(field)) and own_method(field) is None


def is_own_class(cls: type[Any]) -> bool:
    """Whether a class was written by Django or is a lever's."""
    return cls.__module__.startswith(_ROOTS)


def is_own_function(function: object) -> bool:
    """Whether a function or a method was written by Django or is a lever's."""
    functions = functions_of(function)
    return bool(functions) and all(origin_of(one).startswith(_ROOTS) for one in functions)


def _is_own(node: Any) -> bool:
    kind = type(node)
    if kind in _PLAIN or kind in _GROUPS:
        return is_plain(node)
    if kind is NothingNode:
        return True
    if kind is WhereNode:
        return all(map(_is_own, node.children))
    if kind is Query:
        return is_own_query(node)
    if isinstance(node, type):
        return is_own_class(node)
    if not is_own_class(kind):
        return False
    if isinstance(node, Field):
        return is_own_field(node)
    if kind is Value:
        return is_plain(node.value)
    if not isinstance(node, BaseExpression):
        return False
    target = getattr(node, "target", None)
    inner = getattr(node, "query", None)
    right = getattr(node, "rhs", None)
    return (
        (target is None or is_own_field(target))
        and (inner is None or is_own_query(inner))
        and (right is None or _is_own(right))
        and all(one is None or _is_own(one) for one in node.get_source_expressions())
    )


def is_plain(value: Any) -> bool:
    """Whether a value, or all in a group of values, is of Python's own types, which nobody has to ask anything."""
    kind = type(value)
    if kind is dict:
        return all(map(is_plain, value.values())) and is_plain([*value])
    return all(map(is_plain, value)) if kind in _GROUPS else kind in _PLAIN


def _grouped(group_by: object) -> Iterable[Any]:
    return group_by if isinstance(group_by, tuple) else ()
