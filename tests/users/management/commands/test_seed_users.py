from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper

from users.dataset import CREATED_DOMAIN, FIRST_FREE_ID
from users.management.commands import seed_users
from users.management.commands.seed_users import ProgressLine
from users.models import User


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that runs one second between two looks at it."""
    seconds = iter(range(1000))
    monkeypatch.setattr(seed_users, "monotonic", lambda: float(next(seconds)))


def shown(out: StringIO, dones: list[int]) -> str:
    progress = ProgressLine(OutputWrapper(out))
    for done in dones:
        progress(done, 1000)
    return out.getvalue()


@pytest.mark.django_db
def test_it_seeds_and_says_so() -> None:
    out = StringIO()

    call_command("seed_users", count=30, seed=2, stdout=out)

    assert User.objects.count() == 30
    assert "Seeded 30 users from seed 2" in out.getvalue()


@pytest.mark.django_db
def test_by_default_it_seeds_a_thousand_users_from_seed_one() -> None:
    out = StringIO()

    call_command("seed_users", stdout=out)

    assert "Seeded 1000 users from seed 1" in out.getvalue()


@pytest.mark.django_db
def test_a_second_time_it_says_that_nothing_was_changed() -> None:
    call_command("seed_users", count=3, stdout=StringIO())
    out = StringIO()

    call_command("seed_users", count=3, stdout=out)

    assert out.getvalue() == "Already seeded: 3 users from seed 1. Nothing was changed.\n"


@pytest.mark.django_db
def test_it_can_be_silent() -> None:
    out = StringIO()

    call_command("seed_users", count=3, verbosity=0, stdout=out)

    assert out.getvalue() == ""


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(CommandError, match="between 1 and 1000000"):
        call_command("seed_users", count=count, stdout=StringIO())


@pytest.mark.django_db
def test_a_user_in_the_way_is_named() -> None:
    User.objects.create(id=2, name="Ada", email="ada@people.example")

    with pytest.raises(CommandError, match=r"ada@people\.example"):
        call_command("seed_users", count=3, stdout=StringIO())


@pytest.mark.usefixtures("_clock")
def test_elsewhere_than_on_a_terminal_progress_is_a_line_every_ten_percent() -> None:
    assert shown(StringIO(), [0, 50, 100, 150, 500, 1000]) == (
        "Seeding   0 %\nSeeding  10 %, 9 s left\nSeeding  50 %, 2 s left\nSeeding 100 %, 0 s left\n"
    )


@pytest.mark.usefixtures("_clock")
def test_on_a_terminal_progress_is_one_line_rewritten() -> None:
    text = shown(Terminal(), [0, 500, 501, 1000])

    assert [line.rstrip() for line in text.split("\r")] == [
        "",
        "Seeding   0 %",
        "Seeding  50 %, 1 s left",
        "Seeding 100 %, 0 s left",
    ]
    assert text.count("\n") == 1
    assert text.endswith("\n")


@pytest.mark.django_db
def test_what_programs_made_can_be_taken_away_alone() -> None:
    call_command("seed_users", count=30, verbosity=0)
    made = User.objects.create_user(email=f"a@{CREATED_DOMAIN}", name="A")
    out = StringIO()

    call_command("seed_users", "--remove-created", stdout=out)

    assert made.id >= FIRST_FREE_ID
    assert User.objects.count() == 30
    assert "Took away 1 users" in out.getvalue()
