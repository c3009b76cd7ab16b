"""Reading the fields of objects, instances of Django models above all, as Ninja's DjangoGetter reads them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Manager, Model
from django.db.models.fields.related_descriptors import ReverseManyToOneDescriptor
from django.db.models.query_utils import DeferredAttribute

Read = Callable[[Any], Any]


def reader(kind: type, names: tuple[str, ...], nested: Mapping[str, Read], many: frozenset[str]) -> Read:
    """What makes a dictionary, with at least the fields `names`, of an instance of `kind`.

    `nested` reads the values of those fields that hold objects; of those, `many` are lists.
    """
    if not _keeps_values_in_its_dictionary(kind):
        return _by_attributes(names, nested)
    looked_up = {name: _getter(kind, name, name in many) for name in names if not _is_column(kind, name)}
    if not looked_up and not nested:
        return vars
    return _by_dictionary(looked_up, nested)


def _keeps_values_in_its_dictionary(kind: type) -> bool:
    return (
        issubclass(kind, Model)
        and kind.__getattribute__ is object.__getattribute__
        and not hasattr(kind, "__getattr__")
    )


def _is_column(kind: type, name: str) -> bool:
    # A column that was not loaded is missing from the dictionary, and the answer is left to Ninja.
    return type(inspect.getattr_static(kind, name, None)) is DeferredAttribute


def _by_attributes(names: tuple[str, ...], nested: Mapping[str, Read]) -> Read:
    def read(instance: Any) -> dict[str, Any]:
        values = {name: getattr(instance, name) for name in names}
        for name, inner in nested.items():
            values[name] = inner(values[name])
        return values

    return read


def _by_dictionary(looked_up: Mapping[str, Read], nested: Mapping[str, Read]) -> Read:
    def read(instance: Any) -> dict[str, Any]:
        values: dict[str, Any] = vars(instance).copy()
        for name, get in looked_up.items():
            values[name] = get(instance)
        for name, inner in nested.items():
            values[name] = inner(values[name])
        return values

    return read


def _getter(kind: type, name: str, is_list: bool) -> Read:
    descriptor = inspect.getattr_static(kind, name, None)
    if is_list and type(descriptor) is ReverseManyToOneDescriptor and _lists_all(descriptor):
        return _prefetched(name, descriptor.rel.cache_name)
    return lambda instance: getattr(instance, name)


def _lists_all(descriptor: ReverseManyToOneDescriptor[Any]) -> bool:
    return descriptor.related_manager_cls.all is Manager.all


def _prefetched(name: str, cached_as: str) -> Read:
    # A related manager's `all()` gives the prefetched queryset; making the manager costs more than reading it.
    def get(instance: Any) -> Any:
        queryset = vars(instance).get("_prefetched_objects_cache", {}).get(cached_as)
        rows = getattr(queryset, "_result_cache", None)
        return getattr(instance, name) if rows is None else rows

    return get
