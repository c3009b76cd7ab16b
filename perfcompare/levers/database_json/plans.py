"""The one compiled statement of all pages of a declared list, for each database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.db.models.sql.query import Query

from perfcompare.levers._orm import database_path
from perfcompare.levers._orm.database_wrapper import wrapper_of
from perfcompare.levers._orm.plans import Plan, compiled
from perfcompare.levers._orm.premises import Premises, models_of
from perfcompare.levers._orm.querysets import AnyQuerySet

Plans = dict[str, tuple[Premises, tuple[Plan, tuple[Any, ...]] | None]]


def planned(page: QuerySet[Any], rows: QuerySet[Any], plans: Plans) -> None:
    """Give `page`, a slice of `rows`, their statement out of `plans`, which are those of `rows`."""
    if database_path.has_routers():
        return
    using = page.db
    if not database_path.compiles(wrapper_of(using)):
        return
    premises, found = plans.get(using, (None, None))
    if premises is None or not premises.hold():
        plan, parameters = compiled(cast("AnyQuerySet", rows), using)
        found = None if plan is None else (plan, parameters)
        plans[using] = Premises(_models(rows.query)), found
    page.__dict__["_compiled_plan"] = found


def _models(query: Query) -> Iterator[type[Model]]:
    """The models that `query` reads, also in its subqueries."""
    yield from models_of(query)
    for annotation in query.annotations.values():
        for expression in annotation.flatten():
            if isinstance(expression, Query):
                yield from _models(expression)
