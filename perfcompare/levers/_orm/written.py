"""Whether a query is written in the same way each time: what of its SQL and converters a plan may keep.

A shape tells queries apart by their fields and conditions. Fields of a project may write their own column, or choose
converters anew for each statement; `Meta.ordering` may hold an expression of the project's, and a relation a condition.
Whatever such code says is true at that moment only, so there is no plan for it. A converter itself runs for each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.db.models.expressions import BaseExpression, Col
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.query import Query

from perfcompare.levers._orm.own_code import is_own_class, is_own_function
from perfcompare.levers._orm.own_methods import JOINING, WRITING, own_method
from perfcompare.levers._orm.premises import has_one_key
from perfcompare.levers._replacing import overriding, path_of


def is_written_alike(compiler: SQLCompiler) -> bool:
    """Whether a query that `compiler` has compiled, and that has a shape, is always compiled to the same SQL."""
    return (
        all(_is_fixed(select[0]) for select in compiler.select)
        and all(_is_fixed(one[0]) for one in compiler.get_order_by())
        and all(map(_is_plain_table, compiler.query.alias_map.values()))
    )


def are_converted_alike(fields: Iterable[Any]) -> bool:
    """Whether the columns of `fields` are written, and their converters chosen, by Django's own code."""
    return not any(_other(field, WRITING) for field in fields)


def objection(model: type[Model]) -> str | None:
    """What of a query for instances of `model` is written anew each time: the end of a sentence."""
    if not has_one_key(model):
        return "it has a composite primary key"
    for field in model._meta.concrete_fields:
        if name := own_method(field):
            return f"{field} has a `{name}` of its own"
        if name := _other(field, WRITING):
            return overriding(type(field), name)
    other = next((one for one in model._meta.ordering or () if not isinstance(one, str) and not _is_fixed(one)), None)
    return f"its ordering has a {path_of(type(other))}" if other is not None else None


def _is_fixed(node: object) -> bool:
    kind = type(node)
    if isinstance(node, Col) and kind is Col:
        return are_converted_alike((node.target, node.output_field))
    if kind is Query or not is_own_class(kind):
        return False
    inner: Iterable[Any] = node.get_source_expressions() if isinstance(node, BaseExpression) else ()
    return all(one is None or _is_fixed(one) for one in inner)


def _is_plain_table(table: object) -> bool:
    if type(table) is BaseTable:
        return True
    if type(table) is not Join:
        return False
    relation = table.join_field
    field = getattr(relation, "field", relation)
    return not (_other(relation, JOINING) or _other(field, JOINING))


def _other(field: object, names: Iterable[str]) -> str | None:
    """Which of these the class of a field, or the field itself, has from somebody else."""
    cls = type(field)
    for name in names:
        found = getattr(cls, name, None)
        if (found is not None and not is_own_function(found)) or (name != "cached_col" and name in vars(field)):
            return name
    return None
