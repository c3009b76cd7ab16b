from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.db import connection
from django.db.models import JSONField, OuterRef, Value
from django.db.models.functions import Coalesce
from django.test.utils import CaptureQueriesContext

from perfcompare.levers.database_json.expressions import nested
from perfcompare.levers.database_json.rows import JSONRows
from tests.perfcompare.levers.native_async.conftest import Run
from users import seeding
from users.dataset import Dataset, SeededUser, isoformat
from users.models import Address, Post, User

pytestmark = pytest.mark.django_db

DATASET = Dataset(count=30, seed=1)


def listing() -> JSONRows:
    addresses = Address.objects.filter(user_id=OuterRef("pk")).order_by("id")
    return JSONRows(
        User.objects.order_by("id"),
        {
            "id": "id",
            "name": "name",
            "email": "email",
            "created_at": "created_at",
            "addresses": nested(addresses, {"street": "street", "city": "city", "country": "country"}),
            "metadata": Coalesce("profile__metadata", Value({}, JSONField())),
        },
    )


def expected(user: SeededUser) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "created_at": isoformat(user.created_at),
        "addresses": [{"street": a.street, "city": a.city, "country": a.country} for a in user.addresses],
        "metadata": user.metadata,
    }


@pytest.fixture
def _seeded() -> None:
    seeding.seed(count=DATASET.count, seed=DATASET.seed)


@pytest.mark.usefixtures("_seeded")
def test_a_page_is_the_json_of_its_rows_in_one_statement() -> None:
    rows = listing()

    with CaptureQueriesContext(connection) as asked:
        page = rows.fetch(10, 20)

    assert json.loads(page) == [expected(DATASET.user(id)) for id in range(11, 21)]
    assert len(asked) == 1
    assert [one["id"] for one in json.loads(rows.fetch(28))] == [29, 30]
    assert rows.fetch(30, 40) == b"[]"


@pytest.mark.usefixtures("_seeded")
def test_members_come_in_the_order_they_are_declared_in() -> None:
    (first, *_) = json.loads(listing().fetch(0, 1))

    assert list(first) == ["id", "name", "email", "created_at", "addresses", "metadata"]


@pytest.mark.usefixtures("_seeded")
def test_the_filter_of_the_queryset_counts() -> None:
    rows = JSONRows(
        Post.objects.filter(author_id=3, title__contains="and").order_by("-id"), {"id": "id", "a": "author"}
    )

    assert json.loads(rows.fetch()) == [{"id": 6, "a": 3}, {"id": 5, "a": 3}]


def test_whatever_text_holds_is_escaped() -> None:
    text = "\"quoted\" \\ back\nline\t/ 'single' %s %% ü 🙂 \u2028 </script>"
    User.objects.create(name=text, email="a@created.example")

    rows = JSONRows(User.objects.all(), {'it\'s 100% "odd"': "name"})

    assert json.loads(rows.fetch()) == [{'it\'s 100% "odd"': text}]


@pytest.mark.parametrize("microsecond", [0, 1, 500000, 123450, 999999])
def test_moments_are_written_as_the_contract_says(microsecond: int) -> None:
    moment = datetime.datetime(2024, 2, 29, 23, 59, 59, microsecond, tzinfo=datetime.UTC)
    User.objects.create(name="a", email="a@created.example", created_at=moment)

    rows = JSONRows(User.objects.all(), {"at": "created_at", "never": "last_login", "without": "profile__metadata"})

    assert json.loads(rows.fetch()) == [{"at": isoformat(moment), "never": None, "without": None}]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_seeded", "no_hops")
def test_it_is_asked_on_the_event_loop_with_native_reads(run: Run[Any]) -> None:
    rows = listing()

    async def pages() -> list[bytes]:
        return [await rows.afetch(0, 5), await rows.afetch(5, 10)]

    first, second = run(pages())
    assert json.loads(first) + json.loads(second) == [expected(DATASET.user(id)) for id in range(1, 11)]
