"""Expressions that PostgreSQL writes as JSON text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import NotSupportedError, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, JSONField, QuerySet, Subquery, TextField
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS'


class Moment(Func):
    """A date-time as ISO 8601 in UTC with `Z`, with six digits of microseconds or, when they are zero, none."""

    output_field = TextField()
    arity = 1

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_options: object, **_context: object
    ) -> tuple[str, Any]:
        """The comparison that decides about the microseconds is the server's."""
        _only_postgresql(connection)
        sql, parameters = compiler.compile(self.get_source_expressions()[0])
        utc = f"({sql} AT TIME ZONE 'UTC')"
        text = (
            f"CASE WHEN date_trunc('second', {utc}) = {utc} THEN to_char({utc}, '{_MOMENT}\"Z\"')"
            f" ELSE to_char({utc}, '{_MOMENT}.US\"Z\"') END"
        )
        return text, tuple(parameters) * 4


class JSONObject(Func):
    """A JSON object; its names are part of the SQL, so that a driver may bind the values without knowing types."""

    output_field = JSONField()

    def __init__(self, members: Mapping[str, Any]) -> None:
        super().__init__(*members.values())
        self.names = tuple(members)

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_options: object, **_context: object
    ) -> tuple[str, Any]:
        """`json_build_object`, which keeps the order of the members."""
        _only_postgresql(connection)
        parts: list[str] = []
        parameters: list[Any] = []
        for name, expression in zip(self.names, self.get_source_expressions(), strict=True):
            sql, values = compiler.compile(expression)
            parts += [_literal(name), sql]
            parameters += values
        return f"json_build_object({', '.join(parts)})", tuple(parameters)


class JSONText(Func):
    """JSON as the text that goes to the client."""

    output_field = TextField()
    template = "(%(expressions)s)::text"
    arity = 1


class JSONList(Subquery):
    """The rows of a subquery with one JSON column as a JSON array, in their order; an empty one without rows."""

    template = "array_to_json(ARRAY(%(subquery)s))"
    output_field = JSONField()


def member(model: type[models.Model], source: str | Combinable) -> Combinable:
    """The expression for a member of an object of `model`: `source` is a path of fields, or an expression."""
    if not isinstance(source, str):
        return source
    return Moment(F(source)) if isinstance(_field(model, source), models.DateTimeField) else F(source)


def nested(queryset: QuerySet[Any], members: Mapping[str, Any]) -> Combinable:
    """`queryset`, whose filter refers to the outer row with OuterRef, as a JSON array of objects."""
    element = JSONObject({name: member(queryset.model, source) for name, source in members.items()})
    inner: QuerySet[Any] = queryset.select_related(None).annotate(json_element=element)
    return JSONList(inner.values("json_element"))


def _field(model: Any, path: str) -> Any:
    field = None
    for name in path.split("__"):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        model = field.related_model
    return field


def _literal(text: str) -> str:
    escaped = text.replace("'", "''").replace("%", "%%")
    return f"'{escaped}'"


def _only_postgresql(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor != "postgresql":
        raise NotSupportedError("JSON is built by PostgreSQL only.")
