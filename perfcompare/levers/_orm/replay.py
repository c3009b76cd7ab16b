"""Results by Django's own iterables, over rows that somebody else has fetched."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.query import Query

from perfcompare.levers._orm.database_wrapper import wrapper_of


class _AnsweredQuery(Query):
    """A query whose compiler has its rows already."""

    answered: Any

    def get_compiler(
        self, using: str | None = None, connection: BaseDatabaseWrapper | None = None, elide_empty: bool = True
    ) -> Any:
        """That compiler."""
        return self.answered


def replayed(queryset: QuerySet[Any], compiler: SQLCompiler, rows: Iterable[Any]) -> list[Any]:
    """What `queryset` yields for `rows`; `compiler` has compiled a query of its shape. No database is asked."""
    answered: Any = copy.copy(compiler)
    answered.connection = wrapper_of(answered.using)
    chunks = [[tuple(row) for row in rows]]
    answered.execute_sql = lambda *_args, **_options: chunks
    query: Any = object.__new__(_AnsweredQuery)
    query.__dict__ = {**compiler.query.__dict__, "answered": answered}
    source: Any = object.__new__(type(queryset))
    source.__dict__ = {**queryset.__dict__, "_query": query, "_deferred_filter": None}
    return list(source._iterable_class(source))
