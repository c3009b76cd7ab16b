"""Reading the fields of objects, instances of Django models above all, as Ninja's DjangoGetter reads them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from django.db.models import Manager, Model, QuerySet
from django.db.models.fields.mixins import FieldCacheMixin
from django.db.models.fields.related_descriptors import (
    ForwardManyToOneDescriptor,
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)
from django.db.models.query_utils import DeferredAttribute

from perfcompare.levers._orm.prefetched import peeked
from perfcompare.levers._orm.relatives import forget_owners
from perfcompare.levers._replacing import Comparison, comparison
from perfcompare.levers.lean_ninja.scalar_fields import NotPlain

Read = Callable[[Any], Any]
ReadAll = Callable[[list[Any]], list[Any]]
_T = TypeVar("_T")
_PASSED = (DeferredAttribute, ReverseManyToOneDescriptor)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a schema wants of an object."""

    names: tuple[str, ...]
    """Every field."""
    columns: Mapping[str, ReadAll]
    """What reads the values of a field from all objects at once, for fields that are not taken as they are."""
    changed: frozenset[str]
    """Those of them for which it gives other values than it got."""
    lists: frozenset[str]
    """The fields that hold lists."""


def reader(kind: type, wanted: Wanted) -> ReadAll:
    """What makes of instances of `kind` dictionaries that have at least the wanted fields."""
    if kind is dict:
        return _dictionaries(wanted)
    if issubclass(kind, dict):
        return _rows(lambda value: {name: value[name] for name in wanted.names if name in value}, wanted)
    if _keeps_values_in_its_dictionary(kind):
        return _instances(kind, wanted)
    return _rows(lambda value: {name: getattr(value, name) for name in wanted.names}, wanted)


def _dictionaries(wanted: Wanted) -> ReadAll:
    if not wanted.columns:
        return _same
    getters = {name: itemgetter(name) for name in wanted.columns}
    return _by_columns(dict.copy if wanted.changed else _same, getters, wanted)


def _rows(row: Read, wanted: Wanted) -> ReadAll:
    read = _dictionaries(wanted)
    return lambda values: read([row(value) for value in values])


def _instances(kind: type, wanted: Wanted) -> ReadAll:
    elsewhere = [name for name in wanted.names if not _is_column(kind, name)]
    names = [name for name in wanted.names if name in elsewhere or name in wanted.columns]
    getters = {name: _getter(kind, name, name in wanted.lists) for name in names}
    read = _by_columns(_copied if elsewhere or wanted.changed else vars, getters, wanted)
    is_quiet = _quiet(kind, elsewhere)

    def read_and_forget(values: list[Any]) -> list[Any]:
        if len(values) == 1 or (is_quiet(values[0]) and is_quiet(values[-1])):
            rows = read(values)
        else:
            rows = [read([value])[0] for value in values]
        forget_owners(values)
        return rows

    return read_and_forget if elsewhere else read


def _quiet(kind: type, names: Iterable[str]) -> Callable[[Model], bool]:
    """Whether nobody can tell in which order these attributes of instances are read: the relations are loaded, and no
    two of the others run code. Ninja reads one instance after another."""
    found = {name: inspect.getattr_static(kind, name, None) for name in names}
    many = {_prefetched_as(name, one) for name, one in found.items() if isinstance(one, ReverseManyToOneDescriptor)}
    single = {cache.cache_name for one in found.values() if (cache := _cache_of(one))}
    tells = len(found) - len(many) - len(single) > 1

    def is_quiet(instance: Model) -> bool:
        cache, prefetched = instance._state.fields_cache, instance.__dict__.get("_prefetched_objects_cache", ())
        return not tells and all(name in cache for name in single) and all(name in prefetched for name in many)

    return is_quiet


def _prefetched_as(name: str, descriptor: ReverseManyToOneDescriptor[Model]) -> str:
    reverse = isinstance(descriptor, ManyToManyDescriptor) and descriptor.reverse
    return descriptor.rel.field.related_query_name() if reverse else name


def _cache_of(descriptor: object) -> Any:
    """What knows under which name an instance keeps its relative; None for what is no relation to one instance."""
    if isinstance(descriptor, ForwardManyToOneDescriptor):
        return descriptor.field
    if isinstance(descriptor, ReverseOneToOneDescriptor):
        return descriptor.related
    return descriptor if isinstance(descriptor, FieldCacheMixin) else None  # a generic relation


def listed(value: object) -> list[Any]:
    """What Ninja makes of a manager, a QuerySet or a list; NotPlain for what it might have to read again and cannot."""
    if isinstance(value, Manager):
        value = value.all()
    if isinstance(value, QuerySet | list | tuple):
        return list(value)
    raise NotPlain(type(value))


def passed(kind: type, names: Iterable[str]) -> Comparison:
    """Whether `kind` still has the attributes that are not asked for what they give."""
    found = ((name, inspect.getattr_static(kind, name, None)) for name in names)
    return comparison((kind, name, value) for name, value in found if type(value) in _PASSED)


def row_reader(kind: type, columns: Sequence[str], names: Iterable[str]) -> ReadAll | None:
    """What makes dictionaries of `names` of rows with these columns of the model `kind`, of which there are no
    instances yet; None when only an instance has them all."""
    places = {name: columns.index(name) for name in names if name in columns and _is_column(kind, name)}
    if not _keeps_values_in_its_dictionary(kind) or len(places) < len([*names]):
        return None
    items = ", ".join(f"{name!r}: row[{place}]" for name, place in places.items())
    read: ReadAll = eval(f"lambda rows: [{{{items}}} for row in rows]")  # noqa: S307 - quoted names and numbers alone
    return read


def _by_columns(row: Read, getters: Mapping[str, Read], wanted: Wanted) -> ReadAll:
    """Reads values as the dictionaries `row` makes of them, with the columns that `getters` find in the values."""
    columns = [(name, get, wanted.columns.get(name, _same)) for name, get in getters.items()]
    fills = row is not _same and row is not vars

    def read(values: list[Any]) -> list[Any]:
        rows = values if row is _same else [row(value) for value in values]
        for name, get, read_all in columns:
            column = read_all([get(value) for value in values])
            if fills:
                for made, value in zip(rows, column, strict=True):
                    made[name] = value
        return rows

    return read


def _same(values: _T) -> _T:
    return values


def _copied(instance: object) -> dict[str, Any]:
    return instance.__dict__.copy()


def _keeps_values_in_its_dictionary(kind: type) -> bool:
    return (
        issubclass(kind, Model)
        and kind.__getattribute__ is object.__getattribute__
        and not hasattr(kind, "__getattr__")
    )


def _is_column(kind: type, name: str) -> bool:
    # A column that was not loaded is missing from the dictionary, and the answer is left to Ninja.
    return type(inspect.getattr_static(kind, name, None)) is DeferredAttribute


def _getter(kind: type, name: str, is_list: bool) -> Read:
    descriptor = inspect.getattr_static(kind, name, None)
    if is_list and type(descriptor) is ReverseManyToOneDescriptor and _lists_all(descriptor):
        return _prefetched(name, descriptor.rel.cache_name)
    if is_list:
        return lambda instance: listed(getattr(instance, name))
    return attrgetter(name)


def _lists_all(descriptor: ReverseManyToOneDescriptor[Any]) -> bool:
    return descriptor.related_manager_cls.all is Manager.all


def _prefetched(name: str, cached_as: str) -> Read:
    # A related manager's `all()` gives the prefetched queryset; making the manager costs more than reading it.
    def get(instance: Any) -> Any:
        try:
            found = peeked(instance._prefetched_objects_cache, cached_as)
        except AttributeError:
            found = None
        return listed(getattr(instance, name)) if found is None else found

    return get
