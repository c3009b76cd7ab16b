from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfcompare.core import env
from perfcompare.core.errors import UsageError
from perfcompare.locust_tests.plan import ONE_SCENARIO, SHAPES, SIDE_BY_SIDE, files
from tests.perfcompare.locust_tests.conftest import plan

HERE = {"floor": "http://127.0.0.1:9"}


def argv(**given: Any) -> str:
    return " ".join(plan(**given).argv(HERE, Path("r.json"), 1))


def test_every_locustfile_can_be_named() -> None:
    assert {*files()} >= {*ONE_SCENARIO, *SHAPES, SIDE_BY_SIDE, "mixed"}
    assert all((env.ROOT / "locustfiles" / f"{name}.py").exists() for name in files())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stacks": ("drf", "fastapi")}, "--file compare"),
        ({"file": "compare", "stacks": ("drf", "fastapi"), "target": "http://127.0.0.1:1"}, "A target is one stack"),
        ({"scenarios": ("simple", "user_list")}, "--file mixed"),
        ({"file": "steps", "users": 3}, "says itself"),
        ({"file": "soak", "seconds": 3.0}, "says itself"),
        ({"processes": 2, "expect_workers": 2}, "all of this machine"),
        ({"stacks": ("nothing",)}, "nothing"),
        ({"scenarios": ("nothing",)}, "nothing"),
        ({"target": "http://192.0.2.7:80"}, "--allow-remote"),
        ({"target": "localhost:8000"}, "not the URL of a host"),
    ],
)
def test_what_does_not_fit_together_is_said(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        plan(**given).check()


def test_each_round_sends_other_requests() -> None:
    one, other = (plan(seed=7).argv(HERE, Path("r.json"), number) for number in (1, 2))

    assert ("--seed 7" in " ".join(one), "--seed 8" in " ".join(other)) == (True, True)


def test_who_joins_and_who_looks_does_so_on_this_machine_unless_said_otherwise() -> None:
    assert "--web-host 127.0.0.1 --web-port 5" in argv(web_port=5)
    assert "--processes 2 --master-bind-host 127.0.0.1 --master-bind-port" in argv(processes=2)
    assert "--master --expect-workers 2 --master-bind-host 127.0.0.1" in argv(expect_workers=2)
    assert "--master-bind-host 192.0.2.1" in argv(expect_workers=2, bind="192.0.2.1")


def test_a_person_ends_a_test_in_the_web_interface_and_a_window_one_without() -> None:
    assert "--window 3.0" in argv(seconds=3.0)
    assert "--run-time 3s" in argv(seconds=3.0, web_port=5)
    assert "--window" not in argv(seconds=3.0, web_port=5)


def test_what_changes_the_database_is_checked_last() -> None:
    asked = plan(file="mixed", stacks=("drf",)).asked

    assert asked[-1] == "user_create"
    assert len(asked) > 5


def test_options_for_locust_come_last_so_that_they_count() -> None:
    assert argv(further=("--warmup", "9")).endswith("--warmup 9")
