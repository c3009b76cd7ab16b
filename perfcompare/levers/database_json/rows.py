"""A declared list, and its rows as the bytes of a JSON array."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

from perfcompare.levers._replacing import installations, works
from perfcompare.levers.database_json import LEVER
from perfcompare.levers.database_json.expressions import JSONObject, JSONText, member

planned: Callable[[QuerySet[Any], QuerySet[Any], dict[str, Any]], None] | None = None
"""Gives a page its compiled statement; None where Django has a version that the lever was not tested with."""
if works("database_json", LEVER.tested):
    from perfcompare.levers.database_json.plans import planned

_COLUMN = "finished_json"
_ASKED = installations()["database_json"].tally


class JSONRows:
    """The elements of a JSON array: those of `queryset`, each an object of `members`.

    A member's value is a path of fields ("profile__bio"), an expression of Django's, or `nested(…)` from `expressions`.
    The queryset decides about filter and order; its parameters are read when the first page is asked for.
    """

    def __init__(self, queryset: QuerySet[Any], members: Mapping[str, Any]) -> None:
        self._queryset = queryset
        self._members = members
        self._rows: QuerySet[Any] | None = None
        self._plans: dict[str, Any] = {}

    def fetch(self, start: int = 0, stop: int | None = None) -> bytes:
        """The array of the elements `start` to `stop` (counted from 0, `stop` not included; None is to the end)."""
        return _array(list(self._page(start, stop)))

    async def afetch(self, start: int = 0, stop: int | None = None) -> bytes:
        """`fetch()` for use on an event loop."""
        return _array([element async for element in self._page(start, stop)])

    def _page(self, start: int, stop: int | None) -> QuerySet[Any]:
        if self._rows is None:
            self._rows = self._declared()
        next(_ASKED.calls)
        page = self._rows[start:stop]
        if planned is not None:
            planned(page, self._rows, self._plans)
        if vars(page).get("_compiled_plan") is None:
            next(_ASKED.left)
        return page

    def _declared(self) -> QuerySet[Any]:
        model = self._queryset.model
        element = JSONObject({name: member(model, source) for name, source in self._members.items()})
        bare = self._queryset.prefetch_related(None).select_related(None)
        rows: QuerySet[Any] = bare.annotate(**{_COLUMN: JSONText(element)}).values_list(_COLUMN, flat=True)
        return rows


def _array(elements: list[str]) -> bytes:
    return f"[{','.join(elements)}]".encode()
