"""What a plan took from its models, which has to be the same when the plan is used.

`Meta` can change at run time, a field can be added, and a class can get another constructor or another descriptor: a
plan whose premises do not hold any more is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db.models import CompositePrimaryKey, Model
from django.db.models.sql.query import Query

from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._replacing import MISSING

_NONE: Final[Mapping[type[Any], Iterable[str]]] = {}
MODEL: Final = Stock(Model, "__init__", "__new__", "__setattr__", "__getattribute__", "from_db.__func__")
"""What the making of an instance is, for a model that changes none of it."""


class Premises:
    """Of a plan that reads, or writes, the tables of `models`; `made` has the attributes that matter for the instances
    of each model that it makes, and for the converters of each class of fields."""

    __slots__ = ("_inherited", "_models", "_own")

    def __init__(self, models: Iterable[type[Model]], made: Mapping[type[Any], Iterable[str]] = _NONE) -> None:
        self._models = tuple(map(_seen, dict.fromkeys(models)))
        wanted = [(model, vars(model), name) for model, names in made.items() for name in ("_meta", *names)]
        self._own = tuple((own, name, own.get(name, MISSING)) for _model, own, name in wanted)
        inherited = ((model, name) for model, own, name in wanted if name not in own and hasattr(model, name))
        self._inherited = tuple((model, name, getattr(model, name)) for model, name in inherited)

    def hold(self) -> bool:
        """Whether everything is as it was."""
        for meta, fields, table, ordering in self._models:
            if meta.get("concrete_fields") is not fields or meta["db_table"] != table or meta["ordering"] != ordering:
                return False
        for own, name, value in self._own:
            if own.get(name, MISSING) is not value:
                return False
        return not self._inherited or all(getattr(model, name, None) is value for model, name, value in self._inherited)


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


def _seen(model: type[Model]) -> tuple[dict[str, Any], Any, str, Any]:
    meta: Any = model._meta
    fields, ordering = meta.concrete_fields, meta.ordering
    return vars(meta), fields, meta.db_table, [*ordering] if isinstance(ordering, list) else ordering
