"""What a plan took from its models, which has to be the same when the plan is used.

`Meta` can change at run time, a field can be added, and a class can get another constructor or another descriptor: a
plan whose premises do not hold any more is made anew, and there is none where they cannot be kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from operator import attrgetter
from typing import Any, Final

from django.db.models import CompositePrimaryKey, F, Model
from django.db.models.expressions import BaseExpression
from django.db.models.sql.query import Query

from perfcompare.levers._orm import own_methods
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._replacing import MISSING, Attribute, comparison

_NONE: Final[Mapping[type[Any], Iterable[str]]] = {}
MODEL: Final = Stock(Model, "__init__", "__new__", "__setattr__", "__getattribute__", "from_db.__func__")
"""What the making of an instance is, for a model that changes none of it."""
_ORDERING: Final = attrgetter("ordering")


class Premises:
    """Of a plan that reads, or writes, the tables of `models`; `made` has the attributes that matter for the instances
    of each model that it makes, and `also` what else must stay the same."""

    __slots__ = ("_classes", "_expressions", "_metas", "_of_one", "_orderings", "_same")

    def __init__(
        self,
        models: Iterable[type[Model]],
        made: Mapping[type[Model], Iterable[str]] = _NONE,
        also: Iterable[Attribute] = (),
    ) -> None:
        self._metas: list[Any] = [model._meta for model in dict.fromkeys(models)]
        self._orderings = [copy(meta.ordering) for meta in self._metas]  # a list may be changed in place
        ordered = (one for meta in self._metas for one in meta.ordering or () if not isinstance(one, str))
        self._expressions = [(one, _picture(one)) for one in ordered]
        fields = [field for meta in self._metas for field in meta.concrete_fields]
        self._of_one = own_methods.OfOne(fields)
        self._classes = own_methods.unchanged(fields).same
        self._same = comparison([*self._of_tables(), *_of_instances(made), *also]).same

    def hold(self) -> bool:
        """Whether everything is as it was."""
        try:
            return (
                self._same()
                and self._classes()
                and self._of_one.hold()
                and [*map(_ORDERING, self._metas)] == self._orderings
                and all(_picture(one) == seen for one, seen in self._expressions)
            )
        except (AttributeError, KeyError):  # something is gone
            return False

    def _of_tables(self) -> Iterator[Attribute]:
        for meta in self._metas:
            yield from ((meta, name, getattr(meta, name)) for name in ("concrete_fields", "db_table"))
            yield from ((field, "column", field.column) for field in meta.concrete_fields)


def _picture(value: object) -> object:
    """What an expression consists of, which may be changed where it stands."""
    if isinstance(value, list | tuple):
        return [*map(_picture, value)]
    if isinstance(value, dict):
        return {name: _picture(one) for name, one in value.items()}
    return (type(value), _picture(vars(value))) if isinstance(value, BaseExpression | F) else value


def _of_instances(made: Mapping[type[Model], Iterable[str]]) -> Iterator[Attribute]:
    for model, names in made.items():
        own: Any = vars(model)
        for name in ("_meta", *names):
            yield own, name, own.get(name, MISSING)
            if name not in own and hasattr(model, name):
                yield model, name, getattr(model, name)


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
