"""Lookups that somebody registers after a plan was made."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import CharField, ForeignKey, Lookup
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn
from django.db.models.lookups import Exact
from django.test.utils import register_lookup

from perfcompare.levers.compiled_queries.reads import COUNT, EXISTS, FETCH_ALL, GET
from users.models import Address, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled")]


def never(kind: type[Lookup[Any]]) -> type[Lookup[Any]]:
    """A lookup of this kind that holds for no row."""
    return type("Never", (kind,), {"as_sql": lambda *_: ("1 = 0", [])})


def numbers(user: User) -> list[int]:
    """What is found by get(), of related objects in three ways, and by prefetching."""
    addresses = user.addresses
    return [
        len(list(User.objects.filter(name="Ada"))) and User.objects.get(name="Ada").pk // user.pk,
        addresses.count(),
        int(addresses.exists()),
        len(list(addresses.all())),
        sum(len(one.addresses.all()) for one in User.objects.prefetch_related("addresses")),
    ]


def test_they_count_at_the_next_question() -> None:
    user = User.objects.create(name="Ada", email="ada@example.com")
    Address.objects.create(user=user, street="a", city="b", country="c")
    assert numbers(user) == numbers(user) == [1, 1, 1, 1, 1]
    assert all(one.tally.read()[0] for one in (GET, COUNT, EXISTS, FETCH_ALL))

    with register_lookup(CharField, never(Exact), lookup_name="exact"), pytest.raises(User.DoesNotExist):
        User.objects.get(name="Ada")
    with register_lookup(ForeignKey, never(RelatedExact), lookup_name="exact"):
        assert numbers(user)[1:4] == [0, 0, 0]
    with register_lookup(ForeignKey, never(RelatedIn), lookup_name="in"):
        assert numbers(user)[4] == 0
    assert numbers(user) == [1, 1, 1, 1, 1]
