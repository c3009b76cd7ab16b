"""What a plan took from its models, which has to be the same when the plan is used.

`Meta` can change at run time, a field can be added, and a class can get another constructor or another descriptor: a
plan whose premises do not hold any more is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import CompositePrimaryKey, Model
from django.db.models.sql.query import Query

from perfcompare.levers._orm.stock import Stock

MODEL: Final = Stock(Model, "__init__", "__new__", "__setattr__", "__getattribute__", "from_db.__func__")
"""What the making of an instance is, for a model that changes none of it."""


class Premises:
    """Of a plan that reads, or writes, the tables of `models` and makes instances of those `made`."""

    __slots__ = ("_made", "_seen")

    def __init__(self, models: Iterable[type[Model]], made: Iterable[type[Model]] = ()) -> None:
        self._seen = tuple((model, *_seen(model)) for model in dict.fromkeys(models))
        self._made = tuple((model, tuple(vars(model).values())) for model in dict.fromkeys(made))

    @property
    def models(self) -> tuple[type[Model], ...]:
        """Those that it is about."""
        return tuple(one[0] for one in self._seen)

    def hold(self) -> bool:
        """Whether everything is as it was."""
        for _model, meta, table, ordering, fields in self._seen:
            if meta.db_table != table or meta.ordering != ordering or meta.concrete_fields is not fields:
                return False
        return all(tuple(vars(model).values()) == values for model, values in self._made)


def models_of(query: Query) -> Iterator[type[Model]]:
    """The models whose tables a query reads, after it was compiled."""
    assert query.model is not None
    yield query.model
    yield from query.model._meta.all_parents
    for joined in query.alias_map.values():
        field = getattr(joined, "join_field", None)
        yield from (one for one in (getattr(field, "model", None), getattr(field, "related_model", None)) if one)


def has_one_key(model: type[Model]) -> bool:
    """Whether the primary key of `model` is one column."""
    return not isinstance(model._meta.pk, CompositePrimaryKey)


def _seen(model: type[Model]) -> tuple[Any, ...]:
    meta: Any = model._meta
    ordering = meta.ordering
    kept = [*ordering] if isinstance(ordering, list) else ordering
    return meta, meta.db_table, kept, meta.concrete_fields
