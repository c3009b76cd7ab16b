from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from users.dataset import MAX_COUNT, TOKENS, Dataset, SeededPost, SeededUser, isoformat

DATASET = Dataset(count=2000, seed=1)


def test_the_same_seed_gives_the_same_rows() -> None:
    assert list(DATASET.users()) == list(Dataset(count=2000, seed=1).users())
    assert list(DATASET.posts()) == list(Dataset(count=2000, seed=1).posts())


def test_another_seed_gives_other_rows() -> None:
    other = Dataset(count=2000, seed=2)

    assert [user.name for user in DATASET.users()] != [user.name for user in other.users()]
    assert DATASET.user(1).token != other.user(1).token


def test_a_row_does_not_depend_on_how_many_there_are() -> None:
    assert Dataset(count=3, seed=1).user(3) == DATASET.user(3)
    assert Dataset(count=3, seed=1).post(6) == DATASET.post(6)


def test_the_values_are_those_of_this_version() -> None:
    """Whoever changes them raises VERSION, so that seeded databases are seeded again."""
    user, post = DATASET.user(1), DATASET.post(1)

    assert (user.name, user.email, isoformat(user.created_at), user.token) == (
        "Radia حسن",
        "user1@seeded.example",
        "2020-01-01T00:00:24.482938Z",
        "a415e289450ff586f16e7f7f55e14cef69393fe3",
    )
    assert user.metadata == {
        "theme": "system",
        "logins": 4055,
        "newsletter": False,
        "interests": ["pools", "threads", "migrations"],
        "limits": {"daily": 840, "monthly": 75000},
    }
    assert [(one.id, one.street, one.city, one.country) for one in user.addresses] == [
        (1, "High Street 105", "London", "Polska"),
        (2, "Ulica Żółta 154", "Bogotá", "Canada"),
    ]
    assert (post.title, post.author_id, isoformat(post.created_at)) == (
        "Event loops and pools",
        1,
        "2022-01-01T00:00:04.755653Z",
    )


@pytest.mark.parametrize("rows", [DATASET.users(), DATASET.posts()], ids=["users", "posts"])
def test_times_rise_with_the_id(rows: Iterable[SeededUser | SeededPost]) -> None:
    times = [row.created_at for row in rows]

    assert all(earlier < later for earlier, later in pairwise(times))


def test_times_stay_in_the_past_at_the_largest_count() -> None:
    largest = Dataset(count=MAX_COUNT, seed=1)

    assert largest.user(MAX_COUNT).created_at < datetime(2024, 1, 1, tzinfo=UTC)
    assert largest.post(largest.posts_count).created_at < datetime(2024, 1, 1, tzinfo=UTC)


def test_some_times_have_no_microseconds_and_most_have() -> None:
    whole = sum(user.created_at.microsecond == 0 for user in DATASET.users())

    assert 0 < whole < DATASET.count / 2


def test_names_fit_their_column_and_try_the_encoders() -> None:
    names = [user.name for user in DATASET.users()]

    assert all(0 < len(name) <= 150 and name == name.strip() for name in names)
    assert max(map(len, names)) > 100
    assert any(not name.isascii() for name in names)
    assert any("'" in name for name in names)
    assert any('"' in name for name in names)


def test_each_user_has_two_addresses_and_two_posts_of_their_own() -> None:
    users, posts = list(DATASET.users()), list(DATASET.posts())

    assert [one.id for user in users for one in user.addresses] == list(range(1, 4001))
    assert [post.author_id for post in posts] == [user.id for user in users for _ in range(2)]
    assert len(posts) == DATASET.posts_count


def test_the_first_users_have_tokens_all_different() -> None:
    tokens = [user.token for user in DATASET.users() if user.token is not None]

    assert len(set(tokens)) == len(tokens) == DATASET.tokens_count == TOKENS
    assert all(len(token) == 40 and int(token, 16) for token in tokens)
    assert DATASET.user(TOKENS).token is not None
    assert DATASET.user(TOKENS + 1).token is None


def test_newest_are_the_last_ids_backwards() -> None:
    assert [user.id for user in DATASET.newest_users(3)] == [2000, 1999, 1998]
    assert [post.id for post in DATASET.newest_posts(2)] == [4000, 3999]
    assert [user.id for user in Dataset(count=2, seed=1).newest_users(10)] == [2, 1]


@pytest.mark.parametrize("id", [0, -1, 2001])
def test_an_id_outside_is_an_error(id: int) -> None:
    with pytest.raises(LookupError, match=r"1\.\.2000"):
        DATASET.user(id)


@pytest.mark.parametrize("count", [0, -1, MAX_COUNT + 1])
def test_a_count_outside_is_an_error(count: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 1000000"):
        Dataset(count=count, seed=1)


def test_a_seed_that_no_column_holds_is_an_error() -> None:
    with pytest.raises(ValueError, match="64-bit"):
        Dataset(count=1, seed=2**63)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), "2020-01-02T03:04:05.678901Z"),
        (datetime(2020, 1, 2, 3, 4, 5, 600000, tzinfo=UTC), "2020-01-02T03:04:05.600000Z"),
        (datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), "2020-01-02T03:04:05Z"),
        (datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2020-01-02T01:04:05Z"),
    ],
)
def test_times_are_written_as_the_contract_says(moment: datetime, text: str) -> None:
    assert isoformat(moment) == text


def test_it_needs_no_django() -> None:
    program = "import sys, users.dataset; sys.exit('django' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=False)

    assert done.returncode == 0
