"""The kinds of relations that most lists prefetch: one statement each, and no QuerySet for an instance.

They end as after Django's `prefetch_one_level`
(https://github.com/django/django/blob/stable/5.2.x/django/db/models/query.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from copy import copy
from functools import lru_cache
from typing import Any
from weakref import ref

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Field, Model
from django.db.models import query as query_module
from django.db.models.fields.mixins import FieldCacheMixin
from django.db.models.fields.related_descriptors import (
    ForwardManyToOneDescriptor,
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
)
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.query import ModelIterable, Prefetch
from django.db.models.sql.query import Query
from django.db.models.sql.where import AND

from perfcompare.levers._orm import database_path, querysets
from perfcompare.levers._orm.array_lookup import AnyOf
from perfcompare.levers._orm.database_wrapper import connection_of, on_loop
from perfcompare.levers._orm.plans import Statement, statement_for
from perfcompare.levers._orm.prefetched import Origin, Prefetches, Waiting, owned, prefetched_class
from perfcompare.levers._orm.querysets import AnyQuerySet
from perfcompare.levers._orm.shapes import is_compared_by
from perfcompare.levers._replacing import Unpatched

Left = list[tuple[list[Any], list[Any]]]
"""Instances and the lookups that Django itself must prefetch for them."""
Loaded = Generator[Statement, Sequence[Any], tuple[list[Any], Left] | None]
Load = Callable[[AnyQuerySet], Loaded]
"""A QuerySet to its results and what is left to prefetch for them; None for one that only Django itself can ask."""
Relating = Generator[Statement, Sequence[Any], Left | None]
"""What is left below a relation; None when nothing was done about it."""

_PLAIN_KEYS = frozenset(
    {models.AutoField, models.BigAutoField, models.SmallAutoField, models.UUIDField, models.CharField}
)
"""Fields whose values are parameters as they are."""
PREFETCHING = Unpatched(
    {
        query_module: "prefetch_related_objects prefetch_one_level get_prefetcher normalize_prefetch_lookups",
        Prefetch: "get_current_prefetch_to get_current_to_attr get_current_queryset get_current_querysets add_prefix",
        ForwardManyToOneDescriptor: "get_prefetch_querysets get_queryset is_cached",
        ReverseManyToOneDescriptor: "__get__",
        ManyToManyDescriptor: "__get__",
        FieldCacheMixin: "is_cached set_cached_value get_cached_value",
    }
)
"""What stock passes when it prefetches these."""
_OF_MANAGERS = "get_prefetch_querysets get_queryset _apply_rel_filters __init__"


def relate(instances: list[Any], lookup: Prefetch[Any], load: Load) -> Relating:
    """Prefetch one lookup for `instances`, which one QuerySet gave."""
    model, name = type(instances[0]), lookup.prefetch_through
    if lookup.to_attr or "__" in name or type(lookup) is not Prefetch or not PREFETCHING.holds():
        return None
    descriptor = getattr(model, name, None)
    if type(descriptor) is ReverseManyToOneDescriptor:
        return (yield from _reverse(instances, lookup, descriptor, load))
    if type(descriptor) is ForwardManyToOneDescriptor:
        return (yield from _forward(instances, lookup, descriptor, load))
    if type(descriptor) is ManyToManyDescriptor and not on_loop():
        return _many_to_many(instances, lookup, descriptor)
    return None


def _reverse(
    instances: list[Any], lookup: Prefetch[Any], descriptor: ReverseManyToOneDescriptor[Any], load: Load
) -> Relating:
    field = descriptor.rel.field
    if not querysets.MANAGES.holds(type(field.model._default_manager)):
        return None
    related_manager: Any = descriptor.related_manager_cls
    if not _of_manager(related_manager).holds():
        return None
    manager = related_manager(instances[0])
    base: Any = lookup.queryset if lookup.queryset is not None else super(type(manager), manager).get_queryset()
    key = _key_of(field)
    if key is None or not is_compared_by(RelatedIn, field) or not _usable(base, field.model, instances, key.attname):
        return None
    parents = {instance.__dict__[key.attname]: instance for instance in instances}
    queryset = _related(base, field, list(parents), instances[0])
    common = {"accessor": lookup.prefetch_through, "parent": type(instances[0]), "key": key.attname, "base": base}
    # An instance that is there twice shares its children with the other.
    wait = _to_wait(queryset, field) if len(parents) == len(instances) else None
    if wait is not None:
        statement, columns = wait
        rows = yield statement
        plan, cache_name = statement.plan, field.cache_name
        origin = Waiting(**common, asked=queryset, plan=plan, columns=columns, cache_name=cache_name)
        _hang(instances, "_unbuilt_rows", _sorted(rows, parents, columns.index(field.attname)), origin)
        return []
    asked = yield from load(queryset)
    if asked is None or (asked[0] and field.attname not in asked[0][0].__dict__):
        return None
    children, left = asked
    _hang(instances, "_result_cache", _grouped(children, parents, field), Origin(**common))
    return left


@lru_cache(maxsize=1000)
def _of_manager(cls: type[Any]) -> Unpatched:
    """The methods of the manager of a relation, whose class Django makes."""
    return Unpatched({cls: _OF_MANAGERS})


def _to_wait(queryset: AnyQuerySet, field: models.ForeignKey[Any, Any]) -> tuple[Statement, tuple[str, ...]] | None:
    """The statement for the children in `queryset`, and its columns, if instances can be made of its rows later on.

    Nobody must see that they are: no prefetching below them, no receiver that listens to their making, no converter
    that might fail.
    """
    if queryset._prefetch_related_lookups or queryset._known_related_objects:
        return None
    try:
        statement = statement_for(queryset)
    except EmptyResultSet:
        return None
    if statement is None:
        return None
    queryset._compiled_plan = (statement.plan, statement.parameters)  # `load` needs it too
    builder = statement.plan.builder
    columns = builder.columns if builder is not None and builder.quiet else None
    return (statement, columns) if columns is not None and field.attname in columns else None


def _sorted(rows: Sequence[Any], parents: dict[Any, Any], place: int) -> dict[Any, list[Any]]:
    """The rows of each parent, whose key is at `place`."""
    groups: dict[Any, list[Any]] = {key: [] for key in parents}
    for row in rows:
        groups[row[place]].append(row)
    return groups


def _hang(instances: list[Any], kind: str, groups: dict[Any, list[Any]], origin: Origin) -> None:
    """Give every instance its group, rows or results, as the prefetched QuerySet of a relation."""
    queryset_class, new = prefetched_class(origin.base.__class__), object.__new__
    attname, name = origin.key, origin.accessor
    for instance in instances:
        values = instance.__dict__
        key = values[attname]
        queryset = new(queryset_class)
        # Attributes one by one: as long as nobody asks for its dictionary, it has none for the collector to visit.
        queryset._whose, queryset._key, queryset._origin = ref(instance), key, origin
        setattr(queryset, kind, groups[key])
        cache = values.get("_prefetched_objects_cache")
        if cache is None:
            cache = values["_prefetched_objects_cache"] = Prefetches()
        elif cache.__class__ is not Prefetches:
            owned(queryset)
        cache[name] = queryset


def _grouped(children: list[Any], parents: dict[Any, Any], field: models.ForeignKey[Any, Any]) -> dict[Any, list[Any]]:
    """The children of each parent; every child is given its parent, unless the QuerySet joined it."""
    groups: dict[Any, list[Any]] = {key: [] for key in parents}
    attname, cache_name = field.attname, field.cache_name
    # One plan built them all: either each has something joined, or none has.
    joined = bool(children) and "fields_cache" in children[0]._state.__dict__
    for child in children:
        values = child.__dict__
        key = values[attname]
        if joined:
            values["_state"].fields_cache.setdefault(cache_name, parents[key])
        else:
            values["_state"].fields_cache = {cache_name: parents[key]}
        groups[key].append(child)
    return groups


def _forward(
    instances: list[Any], lookup: Prefetch[Any], descriptor: ForwardManyToOneDescriptor[Any], load: Load
) -> Relating:
    field = descriptor.field
    if not querysets.MANAGES.holds(type(field.remote_field.model._base_manager)):
        return None
    base: Any = lookup.queryset if lookup.queryset is not None else field.remote_field.model._base_manager.all()
    key = _key_of(field)
    if key is None or not _usable(base, key.model, instances, field.attname):
        return None
    wanted = [one for one in instances if field.cache_name not in one._state.fields_cache]
    keys = dict.fromkeys(one.__dict__[field.attname] for one in wanted)
    keys.pop(None, None)
    if not keys:
        asked: tuple[list[Any], Left] | None = [], []
    else:
        asked = yield from load(_related(base.order_by(), key, list(keys), instances[0]))
    if asked is None or (asked[0] and key.attname not in asked[0][0].__dict__):
        return None
    found = {one.__dict__[key.attname]: one for one in asked[0]}
    for one in wanted:
        one._state.fields_cache[field.cache_name] = found.get(one.__dict__[field.attname])
    return asked[1]


def _many_to_many(
    instances: list[Any], lookup: Prefetch[Any], descriptor: ManyToManyDescriptor[Any, Any]
) -> Left | None:
    """The statement is Django's own: it has a column of the table between the two."""
    rel, name = descriptor.rel, lookup.prefetch_through
    model: Any = rel.related_model if descriptor.reverse else rel.model
    if not querysets.MANAGES.holds(type(model._default_manager)):
        return None
    related_manager: Any = descriptor.related_manager_cls
    if not _of_manager(related_manager).holds():
        return None
    manager = related_manager(instances[0])
    base: Any = lookup.queryset if lookup.queryset is not None else super(type(manager), manager).get_queryset()
    key = _key_of(manager.source_field)
    if key is None or manager.prefetch_cache_name != name or not _usable(base, model, instances, key.attname):
        return None
    if name in instances[0].__dict__.get("_prefetched_objects_cache", ()):
        return None
    queryset, of_related, of_instance, *_ = manager.get_prefetch_querysets(
        instances, None if lookup.queryset is None else [lookup.queryset]
    )
    below = [copy(one) for one in queryset._prefetch_related_lookups]
    queryset._prefetch_related_lookups = ()
    found = list(queryset)
    groups = defaultdict[Any, list[Any]](list)
    for one in found:
        groups[of_related(one)].append(one)
    parents = {one.__dict__[key.attname]: groups[of_instance(one)] for one in instances}
    origin = Origin(accessor=name, parent=type(instances[0]), key=key.attname, base=base)
    _hang(instances, "_result_cache", parents, origin)
    return [(found, below)] if found and below else []


def _key_of(field: Field[Any, Any]) -> Field[Any, Any] | None:
    """The one field that a plain foreign key points to; None for any other relation."""
    if type(field) is not models.ForeignKey or len(field.foreign_related_fields) != 1:
        return None
    key = field.foreign_related_fields[0]
    return key if type(key) in _PLAIN_KEYS else None


def _usable(base: AnyQuerySet, model: type[Model], instances: list[Any], attname: str) -> bool:
    return (
        base.model is model
        and querysets.RELATES.holds(type(base))
        and querysets.FILTERS.holds(Query)
        and base._iterable_class is ModelIterable
        and base._result_cache is None
        and querysets.fetches_as_usual(base)
        and querysets.fetches_as_usual(instances[0]._state)
        and not (base.query.is_sliced or base.query.combinator or base.query.distinct_fields)
        and _is_unseen(base.db)
        # One QuerySet gave them all: they have the same attributes and come from the same database.
        and attname in instances[0].__dict__
        and instances[0]._state.db == base.db
    )


def _is_unseen(using: str) -> bool:
    """Whether nobody will see that the statement is not Django's; on an event loop that has been asked before."""
    return on_loop() or database_path.is_open(connection_of(using))


def _related(base: AnyQuerySet, field: Field[Any, Any], keys: list[Any], hint: Model) -> AnyQuerySet:
    """`base` with only those whose `field` is one of `keys`."""
    queryset = base._chain()
    queryset._add_hints(instance=hint)
    query = queryset.query
    query.where.add(AnyOf(field.get_col(query.get_initial_alias()), keys), AND)
    return queryset
