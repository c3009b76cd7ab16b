"""Prefetched rows that are written without instances."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from ninja import Schema
from pydantic import create_model

from perfcompare.levers.lean_ninja import answers
from tests.perfcompare.levers.compiled_queries.conftest import applied
from users import seeding
from users.models import Address, User

pytestmark = pytest.mark.django_db


class Plain(Schema):
    city: str
    id: int


class Owned(Schema):
    city: str
    user: Any


class Computed(Schema):
    city: str
    pk: int


def written(child: type[Schema], change: Callable[[list[User]], None] = lambda _users: None) -> Any:
    shape = create_model("Shape", __base__=Schema, name=(str, ...), addresses=(list[child], ...))  # type: ignore[valid-type]
    write = answers.writer(create_model("Response", response=(list[shape], ...)).model_fields["response"])
    users = list(User.objects.prefetch_related("addresses").order_by("id"))
    change(users)
    body = write and write(users)
    return body and json.loads(body)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    seeding.seed(count=5, seed=1)


@pytest.mark.parametrize(("child", "owners"), [(Plain, 0), (Computed, 5)])
def test_rows_are_written_as_instances_are(child: type[Schema], owners: int, made: list[int]) -> None:
    expected = written(child)

    with applied():
        assert written(child) == expected

    assert expected[0]["addresses"][0]["city"]
    assert len(made) == owners


def test_what_only_an_instance_has_is_left_to_ninja(made: list[int]) -> None:
    with applied():
        assert written(Owned) is None

    assert len(made) == 5


def test_children_that_somebody_changed_are_written_as_they_are(made: list[int]) -> None:
    def change(users: list[User]) -> None:
        for address in users[1].addresses.all():
            address.city = "elsewhere"

    with applied():
        found = written(Plain, change)

    assert {address["city"] for address in found[1]["addresses"]} == {"elsewhere"}
    assert {address["id"] for user in found for address in user["addresses"]} == {
        address.id for address in Address.objects.all()
    }


@pytest.mark.parametrize("listed", [False, True])
def test_an_attribute_that_a_model_gets_later_is_asked(listed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    nested = create_model("Nested", __base__=Schema, addresses=(list[Plain], ...))
    kind: Any = list.__class_getitem__(nested if listed else Plain)
    field = create_model("Response", response=(kind, ...)).model_fields["response"]
    write: Any = answers.writer(field)

    def cities() -> set[str]:
        with applied():
            users = User.objects.prefetch_related("addresses")
            body = json.loads(write(list(users if listed else Address.objects.all())))
        return {one["city"] for found in body for one in (found["addresses"] if listed else [found])}

    assert "elsewhere" not in cities()
    monkeypatch.setattr(Address, "city", property(lambda _self: "elsewhere", lambda _self, _value: None))
    assert cities() == {"elsewhere"}


@pytest.mark.parametrize("loaded", [[], ["posts"]])
def test_relations_that_are_not_loaded_are_asked_for_one_instance_after_another(loaded: list[str]) -> None:
    themed = create_model("Themed", __base__=Schema, metadata=(dict[str, Any], ...))
    written_by = create_model("Written", __base__=Schema, id=(int, ...))
    fields: dict[str, Any] = {
        "addresses": (list[Plain], ...), "profile": (themed | None, ...), "posts": (list[written_by], ...),
    }  # fmt: skip
    shape: Any = create_model("Shape", __base__=Schema, **fields)
    write: Any = answers.writer(create_model("Response", response=(list[shape], ...)).model_fields["response"])
    users = list(User.objects.prefetch_related(*loaded).order_by("id"))

    with CaptureQueriesContext(connection) as asked:
        assert write(users)

    tables = [re.findall(r'FROM "users_(\w+)"', one["sql"])[0] for one in asked.captured_queries]
    assert tables == [table for table in ("address", "profile", "post") if table[:4] not in str(loaded)] * 5
