"""What speaks against stored trials: as data, from the text of earlier versions, and through the migration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from perfcompare.core.objection import EVERY, TIMES, Figure
from perfcompare.models import Measurement, legacy
from tests.perfcompare.factories import make_failure, make_measurement, make_run, objection

WRONG = "wrong answer: drf answers simple wrongly"
OLD, NEW = "0005_shares_and_instruments", "0008_failures"


def test_text_of_earlier_versions_speaks_against_every_figure() -> None:
    found = legacy.objections(["steal: the hypervisor: took it.", "too few samples", ""])

    every = ["cost", "latency", "memory", "rate"]
    assert found == [
        {"code": "steal", "figures": every, "sentence": "the hypervisor: took it."},
        {"code": "too few samples", "figures": every, "sentence": "too few samples"},
        {"code": "", "figures": every, "sentence": ""},
    ]


@pytest.mark.django_db
def test_what_is_against_some_figures_leaves_the_others() -> None:
    row = make_run().record(make_measurement(objections=(objection("steal", figures=TIMES),)))

    stored = Measurement.objects.get(pk=row.pk)
    assert stored.against == (objection("steal", figures=TIMES),)
    assert [stored.usable(figure) for figure in (Figure.COST, Figure.MEMORY, Figure.RATE, Figure.LATENCY)] == [
        True,
        True,
        False,
        False,
    ]
    assert not stored.valid


@pytest.mark.django_db
def test_of_a_withdrawn_or_a_failed_trial_nothing_is_usable() -> None:
    run = make_run(rounds=2)
    rows = [run.record(make_measurement(round=1)), run.record(make_failure(round=2))]
    Measurement.objects.filter(round=1).withdraw("the fan was broken")

    withdrawn, failed = (Measurement.objects.get(pk=row.pk) for row in rows)
    assert withdrawn.against == (objection("withdrawn", "the fan was broken"),)
    assert failed.against == ()
    assert not any(row.usable(figure) for row in (withdrawn, failed) for figure in EVERY)


@pytest.fixture
def _migrated_back_afterwards() -> Iterator[None]:
    yield
    _migrate(NEW)


def _migrate(name: str) -> Any:
    """The models of then."""
    executor = MigrationExecutor(connection)
    executor.migrate([("perfcompare", name)])
    return MigrationExecutor(connection).loader.project_state([("perfcompare", name)]).apps


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_migrated_back_afterwards")
def test_the_migration_turns_stored_text_into_data_and_back() -> None:
    said = ["steal: the hypervisor: took it.", "errors: 3 of 9"]
    run = make_run(rounds=2)
    pks = [run.record(make_measurement(round=number)).pk for number in (1, 2)]
    before = _migrate(OLD).get_model("perfcompare", "Measurement").objects
    before.filter(pk=pks[0]).update(invalid=said)
    before.create(run_id=run.pk, round=3, scenario="simple", stack="drf", server="x", concurrency=1, error="ended")
    before.create(run_id=run.pk, round=4, scenario="simple", stack="drf", server="x", concurrency=1, error=WRONG)
    assert [row.invalid for row in before.order_by("pk")] == [said, [], [], []]

    _migrate(NEW)
    one, other, ended, wrong = Measurement.objects.order_by("pk")

    assert one.against == (objection("steal", "the hypervisor: took it."), objection("errors", "3 of 9"))
    assert (other.against, other.valid) == ((), True)
    assert (one.anchor, one.in_use) == ("", None)
    assert [row.failure for row in (one, ended, wrong)] == ["", "failed", "wrong answer"]

    again = _migrate(OLD).get_model("perfcompare", "Measurement").objects
    assert [row.invalid for row in again.order_by("pk")] == [said, [], [], []]
