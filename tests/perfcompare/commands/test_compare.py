from __future__ import annotations

import pytest

from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_environment, make_measured_run

pytestmark = pytest.mark.django_db


def test_every_common_cell_has_a_line_with_its_verdict(call: Call) -> None:
    before, after = make_measured_run(3, cpu_us=300.0), make_measured_run(3, cpu_us=400.0)

    outcome = call("compare", str(before.pk), str(after.pk))

    assert outcome.code == 0
    assert "simple drf on gunicorn_gthread, 32 connections: 3.00 -> 4.00 x FastAPI, 1.33x" in outcome.out
    assert ": slower" in outcome.out


def test_the_newest_run_is_the_other_one(call: Call) -> None:
    before = make_measured_run(3)
    make_measured_run(3, label="the newest")

    assert "the newest" in call("compare", str(before.pk)).out


def test_unlike_machines_are_refused_and_named(call: Call) -> None:
    before = make_measured_run(3)
    make_measured_run(3, environment=make_environment(cores=64))

    outcome = call("compare", str(before.pk), "latest")

    assert outcome.code == 4
    assert "cores: 2 before, 64 after" in outcome.err
    assert "--unlike" in outcome.err


def test_unlike_machines_are_compared_when_told_and_still_named(call: Call) -> None:
    before = make_measured_run(3)
    make_measured_run(3, environment=make_environment(cores=64))

    outcome = call("compare", str(before.pk), "latest", "--unlike")

    assert outcome.code == 0
    assert "differs: cores: 2 before, 64 after" in outcome.out
