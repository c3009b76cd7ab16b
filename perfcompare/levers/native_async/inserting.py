"""The INSERT of one instance, as Django's compiler writes it, and what the database gives back for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connections
from django.db.models.sql.subqueries import InsertQuery

from perfcompare.levers._orm.placeholders import numbered
from perfcompare.levers._orm.plans import plans


@dataclass(frozen=True, kw_only=True, slots=True)
class Insertion:
    """One statement, with `$1` for the first parameter."""

    sql: str
    parameters: tuple[Any, ...]


_statements: Final[dict[tuple[Any, ...], str]] = {}
"""The SQL of an INSERT with plain values depends on the columns alone; remembered with the lever `compiled_queries`."""


def insertion(instance: Any, fields: list[Any], using: str) -> Insertion:
    """What Django would run to insert `instance` into the database `using`."""
    key = (using, type(instance), *fields)
    known = _statements.get(key)
    if known is not None:
        connection = connections[using]
        values = [field.pre_save(instance, True) for field in fields]
        if not any(hasattr(value, "resolve_expression") for value in values):
            prepared = [field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True)]
            return Insertion(sql=known, parameters=tuple(prepared))
    return _compiled(key, instance, fields, using)


def _compiled(key: tuple[Any, ...], instance: Any, fields: list[Any], using: str) -> Insertion:
    meta = instance._meta.concrete_model._meta
    query = InsertQuery(meta.model)
    query.insert_values(fields, [instance], raw=False)
    compiler: Any = query.get_compiler(using=using)
    compiler.returning_fields = meta.db_returning_fields
    ((sql, parameters),) = compiler.as_sql()
    statement = Insertion(sql=numbered(sql), parameters=tuple(parameters))
    plain = len(parameters) == len(fields) and not any(hasattr(field, "get_placeholder") for field in fields)
    values = (getattr(instance, field.attname) for field in fields)
    if plans.remember and plain and not any(hasattr(value, "resolve_expression") for value in values):
        _statements[key] = statement.sql
    return statement


def take_back(instance: Any, row: Any, using: str) -> None:
    """Give `instance` what the database made for it, such as its id."""
    meta = instance._meta.concrete_model._meta
    fields = meta.db_returning_fields
    compiler = InsertQuery(meta.model).get_compiler(using=using)
    converters = compiler.get_converters([field.get_col(meta.db_table) for field in fields])
    (values,) = compiler.apply_converters([row], converters) if converters else [row]
    for field, value in zip(fields, values, strict=True):
        setattr(instance, field.attname, value)
