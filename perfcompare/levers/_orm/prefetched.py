"""The QuerySet that prefetching leaves on every instance, without the cost of making it until somebody looks.

The same holds for the instances in it: as long as only their columns are read, there are rows and no instances. An
instance and its parent keep each other, and so do a QuerySet and the instance that it was prefetched for, as soon as
somebody has taken it: a reference cycle, which the garbage collector must find. Until then there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, SupportsIndex

from django.db.models import Model, QuerySet

from perfcompare.levers._orm.dictionaries import act_before
from perfcompare.levers._orm.plans import Plan


@dataclass(kw_only=True, eq=False)  # a frozen one takes five times as long to make
class Origin:
    """What the QuerySets that one lookup leaves have in common."""

    accessor: str
    """The attribute of the instances."""
    parent: type[Any]
    """The model of the instances."""
    key: str
    """The attribute of the instances that the relation points to."""
    base: Any
    """The QuerySet that was prefetched."""


@dataclass(kw_only=True, eq=False)
class Waiting(Origin):
    """Of QuerySets whose instances are made when somebody wants them."""

    asked: Any
    """The QuerySet that was asked for the rows of all instances."""
    plan: Plan
    columns: tuple[str, ...]
    """The attribute for each place in a row."""
    cache_name: str
    """Under which a child keeps its parent."""

    @property
    def model(self) -> type[Any]:
        """Of the instances."""
        model: type[Any] = self.base.model
        return model

    def built(self, rows: Sequence[Any], owner: Model) -> list[Any]:
        """The instances of `rows`, each with `owner` as its parent."""
        found = self.plan.results(rows, self.asked)
        for one in found:
            one._state.fields_cache[self.cache_name] = owner
        return found


class _Prefetched:
    """Has its rows, and becomes what Django would have put in its place when asked for anything else.

    Django makes a filtered QuerySet for each instance (`prefetch_one_level` in django/db/models/query.py), although
    most are only iterated. Here the related manager makes it on the first access to anything but the rows.
    """

    _prefetch_done = True
    _prefetch_related_lookups = ()
    _unbuilt_rows: list[Any] | None = None
    """None as soon as there are instances."""
    _owner: Any = None
    """None as long as nobody has taken it from its instance."""
    _whose: Any
    """A weak reference to that instance."""
    _key: Any
    """What the instance has in the attribute that the relation points to."""

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__
        if "_origin" not in values:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if name == "_result_cache":
            values[name] = values["_origin"].built(values.pop("_unbuilt_rows"), owned(self))
            return values[name]
        become_ordinary(self)
        return getattr(self, name)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        become_ordinary(self)
        return self.__reduce_ex__(protocol)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        become_ordinary(self)
        return self.__deepcopy__(memo)


class Prefetches(dict[str, Any]):
    """The `_prefetched_objects_cache` of an instance, whose QuerySets keep it as soon as somebody takes them."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        queryset = dict.__getitem__(self, name)
        if isinstance(queryset, _Prefetched):
            owned(queryset)
        return queryset

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return dict, (self.copy(),)


def _own_all(cache: Prefetches) -> None:
    for queryset in dict.values(cache):
        if isinstance(queryset, _Prefetched):
            owned(queryset)


act_before(
    Prefetches, ("get", "pop", "popitem", "setdefault", "values", "items", "copy", "__or__", "__ror__"), _own_all
)


def owned(queryset: _Prefetched) -> Any:
    """The instance that a prefetched QuerySet belongs to, which the QuerySet keeps from now on.

    A shallow copy of an instance shares its QuerySets and may outlive it: then it is one with nothing but its key.
    """
    if queryset._owner is None:
        owner, origin = queryset._whose(), queryset._origin
        if owner is None:
            owner = origin.parent.from_db(origin.base.db, [origin.key], [queryset._key])
        queryset._owner = owner
    return queryset._owner


def peeked(cache: dict[str, Any], name: str) -> Any:
    """The results that `cache`, a `_prefetched_objects_cache`, has for `name`; a QuerySet that has only the rows of
    them; None where there is nothing. The QuerySet is to be read at once and not to be kept."""
    queryset = dict.get(cache, name)
    return None if queryset is None else results_or_itself(queryset)


def become_ordinary(queryset: _Prefetched) -> None:
    """Turn a prefetched QuerySet into the one that Django makes, with the results that it has."""
    owner, results, values = owned(queryset), queryset._result_cache, queryset.__dict__
    origin = values["_origin"]
    manager = getattr(type(owner), origin.accessor).related_manager_cls(owner)
    filtered = manager._apply_rel_filters(origin.base._chain())
    queryset.__class__ = type(filtered)
    values.clear()
    values.update(filtered.__dict__, _result_cache=results, _prefetch_done=True)


@cache
def prefetched_class(queryset_class: type[QuerySet[Any]]) -> Any:
    """The class whose instances stand in for those of `queryset_class`; they need the attributes `_whose`, `_key`,
    `_origin`, and `_result_cache` or, with a Waiting origin, the `_unbuilt_rows` that it is made of."""
    return type(queryset_class.__name__, (_Prefetched, queryset_class), {"__module__": queryset_class.__module__})


def results_or_itself(queryset: QuerySet[Any]) -> Any:
    """The results that a QuerySet has; None when it has none yet; itself while it has only the rows of them."""
    return queryset if getattr(queryset, "_unbuilt_rows", None) is not None else queryset._result_cache


def rows_of(queryset: object) -> tuple[Waiting, list[Any]] | None:
    """Where a QuerySet comes from that has only rows, and these; None for any other, and for what is none."""
    if not isinstance(queryset, _Prefetched) or (rows := queryset._unbuilt_rows) is None:
        return None
    return queryset._origin, rows


def rows_of_all(querysets: Iterable[Any]) -> tuple[Waiting, list[list[Any]]] | None:
    """The same for several, with the rows of each; None unless all come from one lookup."""
    groups: list[list[Any]] = []
    common: Waiting | None = None
    for queryset in querysets:
        found = rows_of(queryset)
        if found is None or (common is not None and found[0] is not common):
            return None
        common = found[0]
        groups.append(found[1])
    return None if common is None else (common, groups)
