from __future__ import annotations

import pytest

from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_measured_run, make_run

pytestmark = pytest.mark.django_db


def test_runs_are_listed_newest_first(call: Call) -> None:
    old, new = make_measured_run(label="old"), make_run(label="new")

    _head, first, second = call("runs").out.splitlines()

    assert first.split()[0] == str(new.pk)
    assert second.split() == [
        str(old.pk), *f"{old.started_at:%Y-%m-%d %H:%M}".split(), "finished", "quick", "1", "2", "old",
    ]  # fmt: skip


def test_without_a_run_the_way_to_one_is_named(call: Call) -> None:
    assert "manage.py perfcompare run" in call("runs").out


def test_labels_do_not_steer_the_terminal(call: Call) -> None:
    make_run(label="\x1b[31m")

    assert "\x1b" not in call("runs").out
