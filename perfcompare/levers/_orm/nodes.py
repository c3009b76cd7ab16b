"""The classes of Django's that write a query of a known shape: are they still what Django made them?

A compiler looks for `as_postgresql` in each of them before it calls `as_sql`, so somebody may also add one.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any, Final

from django.db.models import Aggregate, Count, Func
from django.db.models.expressions import Col, OrderBy, Star
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.where import WhereNode
from django.utils.functional import cached_property

from perfcompare.levers._orm.shapes import LIST_LOOKUPS, LOOKUPS, NULL_LOOKUPS
from perfcompare.levers._replacing import DATA, Unpatched

_CODE: Final = (FunctionType, property, cached_property)
_OF_ANY_CLASS: Final = frozenset({"__module__", "__doc__", "__qualname__", "__init_subclass__"})


def _written(cls: type[Any]) -> str:
    """The names of all that a node is written by: its methods and properties, and data such as a template."""
    found = dict.fromkeys(
        name
        for base in cls.__mro__[:-1]
        for name, value in vars(base).items()
        if name not in _OF_ANY_CLASS and type(value) in (*_CODE, *DATA)
    )
    return " ".join(found)


NODES: Final = Unpatched(
    {
        cls: _written(cls)
        for cls in (
            BaseTable,
            Join,
            Aggregate,
            Col,
            Count,
            Func,
            OrderBy,
            Star,
            WhereNode,
            *LOOKUPS,
            *LIST_LOOKUPS,
            *NULL_LOOKUPS,
        )
    },
    absent="as_postgresql",
)
