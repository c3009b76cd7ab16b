"""Whether a query is written in the same way each time: what of its SQL and converters a plan may keep.

A shape tells queries apart by their fields and conditions. Fields of a project may write their own column, or choose
converters anew for each statement; `Meta.ordering` may hold an expression of the project's, and a relation a condition.
Whatever such code says is true at that moment only, so there is no plan for it. A converter itself runs for each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Field
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.query import Query

from perfcompare.levers._orm.own_code import is_own_class, is_own_function

CONVERTER: Final = "from_db_value"
"""What a field converts by, which may be any function, as long as it stays the same."""
_WRITING: Final = ("get_col", "cached_col", "select_format", "get_db_converters")
_JOINING: Final = (
    *("get_extra_restriction", "get_joining_fields", "get_reverse_joining_fields"),
    *("get_joining_columns", "get_reverse_joining_columns"),
)


def is_written_alike(compiler: SQLCompiler) -> bool:
    """Whether a query that `compiler` has compiled, and that has a shape, is always compiled to the same SQL."""
    ordering = getattr(compiler, "order_by", None) or ()
    return (
        all(_is_fixed(select[0]) for select in compiler.select)
        and all(_is_fixed(one[0]) for one in ordering)
        and all(map(_is_plain_table, compiler.query.alias_map.values()))
    )


def are_converted_alike(fields: Iterable[Field[Any, Any]]) -> bool:
    """Whether the columns of `fields` are written, and their converters chosen, by Django's own code."""
    return all(_has_own(field, _WRITING) for field in fields)


def converting(columns: Iterable[Any]) -> dict[Any, frozenset[str]]:
    """The classes of fields by which the values of `columns` are converted, and what must stay the same in them."""
    classes = {type(one.output_field) for one in columns if type(one) is Col}
    return {cls: frozenset({CONVERTER}) for cls in classes if hasattr(cls, CONVERTER)}


def _is_fixed(node: Any) -> bool:
    kind = type(node)
    if kind is Col:
        return are_converted_alike((node.target, node.output_field))
    if kind is Query or not is_own_class(kind):
        return False
    return all(one is None or _is_fixed(one) for one in node.get_source_expressions())


def _is_plain_table(table: object) -> bool:
    if type(table) is BaseTable:
        return True
    if type(table) is not Join:
        return False
    relation = table.join_field
    field = getattr(relation, "field", relation)
    return _has_own(relation, _JOINING) and _has_own(field, _JOINING)


def _has_own(field: Any, names: Iterable[str]) -> bool:
    cls = type(field)
    found = (getattr(cls, name, None) for name in names)
    return all(one is None or is_own_function(one) for one in found) and not any(
        name in vars(field) for name in names if name != "cached_col"
    )
