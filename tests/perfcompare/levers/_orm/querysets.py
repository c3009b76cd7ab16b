"""QuerySets made up from a seed: the same shapes again and again with other values, and shapes that have no plan."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count, F, Model, Q, QuerySet
from rest_framework.authtoken.models import Token

from users.models import Address, Post, Profile, User

MOMENT = datetime.datetime(2024, 5, 6, 7, 8, 9, 10, tzinfo=datetime.UTC)
_TEXTS = ("", "a", "A%b", "x_y", "O'Hara", "100%", "ü")
_TEXT_LOOKUPS = ("exact", "iexact", "contains", "startswith", "iendswith", "gt", "regex")
_ORDER_LOOKUPS = ("exact", "gt", "gte", "lt", "lte")


def querysets(seed: int, number: int) -> Iterator[Any]:
    """`number` QuerySets, each three times with values of its own; the same seed makes the same ones."""
    values = random.Random(seed)
    for place in range(number):
        for _ in range(3):
            chance = random.Random(f"{seed} {place}")
            model, fields = chance.choice(_MODELS)
            queryset = model._default_manager.all()
            for _ in range(chance.randrange(4)):
                queryset = _narrowed(queryset, fields, chance, values)
            yield _cut(_dressed(queryset, fields, chance), chance)


def condition(fields: dict[str, str], chance: random.Random, values: random.Random) -> dict[str, Any]:
    """Arguments for filter() on one of `fields`: `chance` chooses the field and the lookup, `values` the value."""
    name = chance.choice(list(fields))
    kind, lookup = fields[name], "exact"
    if chance.random() < 0.1:
        return {f"{name}__isnull": chance.random() < 0.5}
    if kind == "text":
        lookup = chance.choice(_TEXT_LOOKUPS)
    elif kind != "flag":
        lookup = chance.choice(_ORDER_LOOKUPS)
    return {name if lookup == "exact" else f"{name}__{lookup}": _VALUES[kind](values)}


_VALUES: dict[str, Callable[[random.Random], Any]] = {
    "number": lambda chance: chance.choice((0, 1, 5, -3, 2**40, 2**70, 7.5, "12", True)),
    "text": lambda chance: chance.choice(_TEXTS),
    "flag": lambda chance: chance.choice((True, False)),
    "moment": lambda chance: MOMENT + datetime.timedelta(seconds=chance.randrange(10**6)),
}
_MODELS: list[tuple[Any, dict[str, str]]] = [
    (User, {"id": "number", "pk": "number", "name": "text", "is_active": "flag", "created_at": "moment"}),
    (Post, {"id": "number", "author": "number", "author_id": "number", "title": "text", "created_at": "moment"}),
    (Address, {"id": "number", "user": "number", "city": "text"}),
    (Profile, {"id": "number", "user_id": "number", "bio": "text"}),
    (Token, {"key": "text", "user": "number", "created": "moment"}),
]  # fmt: skip


_RELATIONS: dict[type[Model], str] = {User: "profile", Post: "author", Address: "user", Profile: "user", Token: "user"}


def _over_a_relation(model: type[Model], chance: random.Random, values: random.Random) -> dict[str, Any]:
    relation = _RELATIONS[model]
    related: Any = model._meta.get_field(relation).related_model
    fields = next(fields for known, fields in _MODELS if known is related)
    return {f"{relation}__{name}": value for name, value in condition(fields, chance, values).items()}


def _narrowed(
    queryset: QuerySet[Any], fields: dict[str, str], chance: random.Random, values: random.Random
) -> QuerySet[Any]:
    one, other = condition(fields, chance, values), condition(fields, chance, values)
    return chance.choice(
        (
            lambda: queryset.filter(**one),
            lambda: queryset.filter(**one),
            lambda: queryset.filter(**one, **{k: v for k, v in other.items() if k not in one}),
            lambda: queryset.exclude(**one),
            lambda: queryset.filter(Q(**one) | Q(**other)),
            lambda: queryset.filter(~Q(**one) & (Q(**other) | Q(**one))),
            lambda: queryset.filter(pk__in=[values.randrange(9)] if chance.random() < 0.5 else [1, 2, 3]),
            lambda: queryset.filter(**_over_a_relation(queryset.model, chance, values)),
            lambda: queryset.filter(pk=F("pk")),
            lambda: queryset.filter(pk__in=queryset.values("pk")[:3]),
            lambda: queryset.none(),
        )
    )()


def _dressed(queryset: QuerySet[Any], fields: dict[str, str], chance: random.Random) -> QuerySet[Any]:
    names = [name for name in fields if name != "pk"]
    some = chance.sample(names, chance.randrange(1, len(names) + 1))
    relation = _RELATIONS[queryset.model]
    if chance.random() < 0.4:
        queryset = queryset.order_by(*[chance.choice(("", "-")) + name for name in some])
    return chance.choice(
        (
            lambda: queryset,
            lambda: queryset.only(*some),
            lambda: queryset.defer(*some),
            lambda: queryset.select_related(relation),
            lambda: queryset.values(*some),
            lambda: queryset.values_list(*some),
            lambda: queryset.values_list(some[0], flat=True),
            lambda: queryset.values_list(*some, named=True),
            lambda: queryset.values(),
            lambda: queryset.distinct(),
            lambda: queryset.reverse(),
            lambda: queryset.annotate(n=Count(relation)),
            lambda: queryset.annotate(n=F("pk")).values("n"),
            lambda: queryset.filter(**{f"{relation}__pk__gt": 1}),
            lambda: queryset.extra(select={"n": "1"}),
            lambda: queryset.order_by("?"),
        )
    )()


def _cut(queryset: QuerySet[Any], chance: random.Random) -> QuerySet[Any]:
    low = chance.randrange(5)
    return chance.choice((queryset, queryset, queryset[:7], queryset[low : low + 3], queryset[low:], queryset[3:3]))
