"""The INSERT of one instance, as Django's compiler writes it, and what the database gives back for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.models.sql.subqueries import InsertQuery

from perfcompare.levers._orm import plain
from perfcompare.levers._orm.database_wrapper import wrapper_of
from perfcompare.levers._orm.placeholders import numbered
from perfcompare.levers._orm.plans import plans
from perfcompare.levers._orm.premises import Premises


@dataclass(kw_only=True, slots=True)  # a frozen one takes five times as long to make
class Insertion:
    """One statement, with `$1` for the first parameter."""

    sql: str
    parameters: tuple[Any, ...]


class Form:
    """How new rows of a model are written; `known` says that a row brings its primary key along."""

    def __init__(self, model: type[Model], *, known: bool) -> None:
        concrete = model._meta.concrete_model
        assert concrete is not None  # it is of abstract models alone
        meta = concrete._meta
        self.model = meta.model
        self.returning = meta.db_returning_fields
        self.fields = [
            field
            for field in meta.local_concrete_fields
            if not field.generated and (known or field is not meta.auto_field)
        ]
        self.premises = Premises((model, meta.model))
        self._columns = [(field, plain.passes(field)) for field in self.fields]
        self._attributes = [field.attname for field in self.returning]
        self._sql: dict[str, str] = {}
        # The SQL of an INSERT with plain values depends on the columns alone; remembered with the lever
        # `compiled_queries`.
        self._converters: dict[str, Any] = {}

    def insertion(self, instance: Model, using: str) -> Insertion:
        """What Django would run to insert `instance` into the database `using`."""
        sql = self._sql.get(using)
        parameters = None if sql is None else self._parameters(instance, wrapper_of(using))
        if sql is None or parameters is None:
            return self._compiled(instance, using)
        return Insertion(sql=sql, parameters=parameters)

    def take_back(self, instance: Model, row: Sequence[Any], using: str) -> None:
        """Give `instance` what the database made for it, such as its id."""
        converters = self._converters.get(using)
        if converters is None:
            converters = self._converters[using] = self._converters_of(using)
        values = row
        if converters:
            (values,) = (
                InsertQuery(self.model).get_compiler(connection=wrapper_of(using)).apply_converters([row], converters)
            )
        for attribute, value in zip(self._attributes, values, strict=True):
            setattr(instance, attribute, value)

    def _parameters(self, instance: Model, connection: BaseDatabaseWrapper) -> tuple[Any, ...] | None:
        """The values as the database gets them; None when one is an expression, which is SQL of its own."""
        parameters = []
        for field, unchanged in self._columns:
            value = field.pre_save(instance, add=True)
            if not unchanged(value):
                if hasattr(value, "resolve_expression"):
                    return None
                value = field.get_db_prep_save(value, connection=connection)
            parameters.append(value)
        return tuple(parameters)

    def _compiled(self, instance: Model, using: str) -> Insertion:
        query = InsertQuery(self.model)
        query.insert_values(self.fields, [instance], raw=False)
        compiler: Any = query.get_compiler(using=using)
        compiler.returning_fields = self.returning
        ((sql, parameters),) = compiler.as_sql()
        statement = Insertion(sql=numbered(sql), parameters=tuple(parameters))
        simple = len(parameters) == len(self.fields) and not any(map(plain.has_placeholder, self.fields))
        values = (getattr(instance, field.attname) for field in self.fields)
        if plans.remember and simple and not any(hasattr(value, "resolve_expression") for value in values):
            self._sql[using] = statement.sql
        return statement

    def _converters_of(self, using: str) -> Any:
        table = self.model._meta.db_table
        compiler = InsertQuery(self.model).get_compiler(connection=wrapper_of(using))
        return compiler.get_converters([field.get_col(table) for field in self.returning])


_forms: Final[dict[tuple[Any, bool], Form]] = {}


def form(model: type[Model], *, known: bool) -> Form:
    """The form of `model`."""
    found = _forms.get((model, known))
    if found is None or not found.premises.hold():
        found = _forms[model, known] = Form(model, known=known)
    return found


def forget() -> None:
    """Make all forms anew."""
    _forms.clear()
