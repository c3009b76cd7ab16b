"""The QuerySet that prefetching leaves on every instance, without the cost of making one until somebody looks."""

from __future__ import annotations

from functools import cache
from typing import Any


class _Prefetched:
    """Has its rows, and becomes what Django would have put in its place when asked for anything else.

    Django makes a filtered QuerySet for each instance (`prefetch_one_level` in django/db/models/query.py), although
    most are only iterated. Here the related manager makes it on the first access to anything but the rows.
    """

    _prefetch_done = True
    _prefetch_related_lookups = ()

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__
        if "_owner" not in values:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        become_ordinary(self)
        return getattr(self, name)

    def __reduce_ex__(self, protocol: Any) -> Any:
        become_ordinary(self)
        return self.__reduce_ex__(protocol)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        become_ordinary(self)
        return self.__deepcopy__(memo)


def become_ordinary(queryset: Any) -> None:
    """Turn a prefetched QuerySet into the one that Django makes, with the rows that it has."""
    values = queryset.__dict__
    owner, rows = values["_owner"], values["_result_cache"]
    accessor, base = values["_origin"]
    filtered = getattr(type(owner), accessor).related_manager_cls(owner)._apply_rel_filters(base._chain())
    queryset.__class__ = type(filtered)
    values.clear()
    values.update(filtered.__dict__, _result_cache=rows, _prefetch_done=True)


@cache
def prefetched_class(queryset_class: Any) -> Any:
    """The class whose instances stand in for those of `queryset_class`; they need `_result_cache`, `_owner` (the
    instance) and `_origin` (its attribute, and the QuerySet that was prefetched) in their dictionary."""
    return type(queryset_class.__name__, (_Prefetched, queryset_class), {"__module__": queryset_class.__module__})
