"""A declared list, and its rows as the bytes of a JSON array."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.sql.query import Query

from perfcompare.levers._orm import way
from perfcompare.levers._orm.connecting import wrapper_of
from perfcompare.levers._orm.plans import Plan, compiled
from perfcompare.levers._orm.premises import Premises, models_of
from perfcompare.levers.database_json.expressions import JSONObject, JSONText, member

_COLUMN = "finished_json"


class JSONRows:
    """The elements of a JSON array: those of `queryset`, each an object of `members`.

    A member's value is a path of fields ("profile__bio"), an expression of Django's, or `nested(…)` from `expressions`.
    The queryset decides about filter and order; its parameters are read when the first page is asked for.
    """

    def __init__(self, queryset: QuerySet[Any], members: Mapping[str, Any]) -> None:
        self._queryset = queryset
        self._members = members
        self._rows: QuerySet[Any] | None = None
        self._plans: dict[str, tuple[Premises, tuple[Plan, tuple[Any, ...]] | None]] = {}

    def fetch(self, start: int = 0, stop: int | None = None) -> bytes:
        """The array of the elements `start` to `stop` (counted from 0, `stop` not included; None is to the end)."""
        return _array(list(self._page(start, stop)))

    async def afetch(self, start: int = 0, stop: int | None = None) -> bytes:
        """`fetch()` for use on an event loop."""
        return _array([element async for element in self._page(start, stop)])

    def _page(self, start: int, stop: int | None) -> QuerySet[Any]:
        if self._rows is None:
            self._rows = self._declared()
        page = self._rows[start:stop]
        if way.has_routers():
            return page
        using = page.db
        if not way.compiles(wrapper_of(using)):
            return page
        premises, found = self._plans.get(using, (None, None))
        if premises is None or not premises.hold():
            plan, parameters = compiled(self._rows, using)
            found = None if plan is None else (plan, parameters)
            self._plans[using] = Premises(_models(self._rows.query)), found
        page.__dict__["_compiled_plan"] = found
        return page

    def _declared(self) -> QuerySet[Any]:
        model = self._queryset.model
        element = JSONObject({name: member(model, source) for name, source in self._members.items()})
        bare = self._queryset.prefetch_related(None).select_related(None)
        rows: QuerySet[Any] = bare.annotate(**{_COLUMN: JSONText(element)}).values_list(_COLUMN, flat=True)
        return rows


def _models(query: Any) -> Iterator[type[Model]]:
    """The models that `query` reads, also in its subqueries."""
    yield from models_of(query)
    for annotation in query.annotations.values():
        for expression in annotation.flatten():
            if isinstance(expression, Query):
                yield from _models(expression)


def _array(elements: list[str]) -> bytes:
    return f"[{','.join(elements)}]".encode()
