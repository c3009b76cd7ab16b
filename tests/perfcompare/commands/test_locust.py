from __future__ import annotations

from typing import Any

import pytest

from perfcompare import locust_tests
from perfcompare.core.measurement import FailureKind
from perfcompare.locust_tests import LoadPlan
from perfcompare.models import Run
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import DRF, make_failure, make_measurement, make_run, objection

pytestmark = pytest.mark.django_db


class Loaded:
    """What would have been loaded, and what comes of it."""

    def __init__(self) -> None:
        self.plans: list[LoadPlan] = []
        self.outcome: Any = make_measurement(DRF)

    def load(self, plan: LoadPlan, _screen: Any) -> Run:
        self.plans.append(plan)
        run = make_run([DRF])
        run.record(self.outcome)
        run.end(Run.State.FINISHED)
        return run


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Loaded:
    found = Loaded()
    monkeypatch.setattr(locust_tests, "load", found.load)
    return found


def test_what_is_typed_is_what_is_asked_for_and_the_rest_goes_to_locust(call: Call, loaded: Loaded) -> None:
    outcome = call("locust", "--file", "single", "--stack", "floor", "--scenarios", "simple", "--", "--check-rate", "0")

    assert outcome.code == 0, outcome.err
    (plan,) = loaded.plans
    assert (plan.file, plan.stacks, plan.scenarios) == ("single", ("floor",), ("simple",))
    assert (plan.users, plan.seconds, plan.web) == (10, 30.0, False)
    assert plan.dataset.count == 10_000
    assert plan.further == ("--check-rate", "0")
    assert "Stored as run" in outcome.out


def test_a_shape_and_a_person_say_themselves_how_many_and_how_long(call: Call, loaded: Loaded) -> None:
    call("locust", "--file", "steps")
    call("locust", "--web")

    assert [(plan.users, plan.seconds) for plan in loaded.plans] == [(None, None)] * 2
    assert [plan.web_port for plan in loaded.plans] == [None, 8089]


def test_a_target_has_the_data_that_seeding_makes(call: Call, loaded: Loaded) -> None:
    call("locust", "--target", "http://127.0.0.1:8000")

    assert (loaded.plans[0].dataset.count, loaded.plans[0].dataset.seed) == (1000, 1)


def test_a_server_that_ended_is_an_error(call: Call, loaded: Loaded) -> None:
    loaded.outcome = make_measurement(DRF, objections=(objection("ended", "the server of drf ended under load."),))
    outcome = call("locust")

    assert (outcome.code, "the server of drf ended under load" in outcome.err) == (1, True)


def test_no_figures_are_an_error(call: Call, loaded: Loaded) -> None:
    loaded.outcome = make_failure(DRF, reason="wrong answer: drf answers simple wrongly", kind=FailureKind.WRONG_ANSWER)

    assert call("locust").code == 3
