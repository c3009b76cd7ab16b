"""Four independent queries that can run at the same time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from random import Random

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected
from perfcompare.core.scenario import Case, Exchange, Scenario
from perfcompare.scenarios._inputs import get, wrong_methods
from perfcompare.scenarios._rows import rows
from perfcompare.scenarios._schemas import MOMENT, NUMBER, SUMMARY, TEXT, array, fields
from users.dataset import isoformat

NEWEST = 10


@lru_cache(maxsize=4)
def overview(dataset: Dataset) -> Exchange:
    """The newest users and posts, newest first, and how many there are."""
    seeded = rows(dataset)
    users = [{"id": one.id, "name": one.name, "email": one.email} for one in seeded.newest_users(NEWEST)]
    posts = [
        {"id": one.id, "title": one.title, "author_id": one.author_id, "created_at": isoformat(one.created_at)}
        for one in seeded.newest_posts(NEWEST)
    ]
    body = {"users": users, "posts": posts, "user_count": seeded.count, "post_count": seeded.posts_count}
    return Exchange(request=get("dashboard"), expected=Expected(json=body))


def traffic(dataset: Dataset, _random: Random) -> Iterator[Exchange]:
    """The one request, for ever."""
    return repeat(overview(dataset))


def cases(dataset: Dataset) -> Sequence[Case]:
    """The overview."""
    right = overview(dataset)
    return [
        Case(name="the overview", request=right.request, expected=right.expected),
        *wrong_methods("dashboard", allowed="GET", methods=("POST", "DELETE")),
    ]


POST = fields(id=NUMBER, title=TEXT, author_id=NUMBER, created_at=MOMENT)
SCENARIO = Scenario(
    summary="newest users and posts, two counts",
    exercises="four independent queries: can they run at the same time?",
    route="GET dashboard",
    traffic=traffic,
    cases=cases,
    statements=4,
    weight=2,
    shape=fields(users=array(SUMMARY), posts=array(POST), user_count=NUMBER, post_count=NUMBER),
    troubles=[503],
    answer=lambda dataset, _values: overview(dataset).expected,
)
