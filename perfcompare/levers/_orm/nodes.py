"""The classes of Django's that write a query of a known shape: are they still what Django made them?

A compiler looks for `as_postgresql` in each of them before it calls `as_sql`, so somebody may also add one.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Aggregate, Count, Func
from django.db.models.expressions import Col, OrderBy, Star
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.where import WhereNode

from perfcompare.levers._orm.shapes import LIST_LOOKUPS, LOOKUPS, NULL_LOOKUPS
from perfcompare.levers._replacing import Unpatched

_WRITING: Final = (
    "as_sql process_lhs process_rhs batch_process_rhs get_rhs_op get_db_prep_lookup get_prep_lookup param_pattern"
    " select_format split_parameter_list_as_sql get_source_expressions get_normalized_value resolve_expression"
)
NODES: Final = Unpatched(
    dict.fromkeys(
        (
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
        ),
        _WRITING,
    ),
    absent="as_postgresql",
)
