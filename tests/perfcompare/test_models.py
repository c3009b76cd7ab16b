from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.measurement import Anchor
from perfcompare.models import Environment, Measurement, Profile, Run, process
from perfcompare.models.storage import explained, storable
from tests.perfcompare.factories import (
    DRF,
    FASTAPI,
    make_environment,
    make_failure,
    make_measured_run,
    make_measurement,
    make_profile,
    make_run,
    objection,
)
from tests.waiting import until

pytestmark = pytest.mark.django_db


def test_a_run_begins_running_with_its_plan() -> None:
    run = make_run([FASTAPI, DRF], label="first", rounds=3)

    stored = Run.objects.get(pk=run.pk)
    assert (stored.state, stored.label, stored.rounds, stored.ended_at) == (Run.State.RUNNING, "first", 3, None)
    assert stored.planned_cells() == [FASTAPI, DRF]


def test_a_run_ends_in_a_state_at_a_time() -> None:
    run = make_run()

    run.end("interrupted")

    stored = Run.objects.get(pk=run.pk)
    assert stored.state == Run.State.INTERRUPTED
    assert stored.ended_at is not None
    assert stored.started_at <= stored.ended_at <= timezone.now()


def test_a_state_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="done"):
        make_run().end("done")


def test_a_label_that_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="201 characters; 200"):
        make_run(label="x" * 201)


def test_runs_with_the_same_facts_share_an_environment() -> None:
    first = make_run(environment=make_environment(kernel="6.1"))
    same = make_run(environment=make_environment(kernel="6.1"))
    other = make_run(environment=make_environment(kernel="6.2"))

    assert first.environment == same.environment
    assert other.environment != first.environment
    assert Environment.objects.count() == 2


@pytest.mark.django_db
def test_how_the_machine_was_at_the_start_is_kept_with_the_run_and_is_no_part_of_its_environment() -> None:
    quiet, busy = (
        make_run(environment=replace(make_environment(), at_start={"load_average": [load]})) for load in (0.1, 3.0)
    )

    assert quiet.environment == busy.environment
    assert [run.options["at_start"] for run in (quiet, busy)] == [{"load_average": [0.1]}, {"load_average": [3.0]}]


def test_an_environment_with_runs_cannot_be_deleted() -> None:
    run = make_run()

    with pytest.raises(ProtectedError):
        run.environment.delete()


def test_measurements_go_with_their_run() -> None:
    make_measured_run().delete()

    assert not Measurement.objects.exists()


def test_a_measurement_is_stored_with_its_figures_per_answer() -> None:
    row = make_run().record(
        make_measurement(DRF, cpu_us=250.0, load={"answers": 400, "seconds": 2.0}, usage={"database_cpu_s": 0.1})
    )

    stored = Measurement.objects.get(pk=row.pk)
    assert stored.cell == DRF
    assert (stored.answers, stored.goodput, stored.seconds) == (400, 200.0, 2.0)
    assert stored.server_cpu_us == pytest.approx(250.0)
    assert stored.database_cpu_us == pytest.approx(0.1 / 400 * 1e6)
    assert (stored.p50_ms, stored.pss_peak_kib, stored.command[2]) == (2.0, 50 * 1024, "gunicorn_gthread")
    assert stored.valid


def test_a_measurement_without_a_right_answer_has_no_latency_and_no_cost() -> None:
    row = make_run().record(make_measurement(load={"answers": 0, "errors": 5, "failures": {"refused": 5}}))

    stored = Measurement.objects.get(pk=row.pk)
    assert (stored.server_cpu_us, stored.p99_ms, stored.goodput) == (None, None, 0.0)
    assert stored.failures == {"refused": 5}


@pytest.mark.parametrize(
    ("answers", "known"),
    [
        (9, (False, False, False)),
        (10, (True, False, False)),
        (99, (True, False, False)),
        (100, (True, True, False)),
        (999, (True, True, False)),
        (1000, (True, True, True)),
    ],
)
def test_a_percentile_that_too_few_answers_can_show_is_none(answers: int, known: tuple[bool, ...]) -> None:
    row = make_run().record(make_measurement(load={"answers": answers}))

    stored = Measurement.objects.get(pk=row.pk)
    assert tuple(value is not None for value in (stored.p90_ms, stored.p99_ms, stored.p999_ms)) == known
    assert None not in (stored.mean_ms, stored.min_ms, stored.p50_ms, stored.max_ms)


def test_in_turns_there_is_no_rate_and_what_was_under_way_was_counted() -> None:
    row = make_run().record(make_measurement(in_turns=True, load={"latency": None, "in_use": 3.5}))

    stored = Measurement.objects.get(pk=row.pk)
    assert (stored.goodput, stored.p50_ms, stored.in_use) == (None, None, 3.5)
    assert stored.server_cpu_us == pytest.approx(300.0)


def test_where_nobody_counted_what_was_under_way_littles_law_says_it() -> None:
    run = make_run(rounds=2)
    run.record(make_measurement(round=1, load={"answers": 1000, "seconds": 2.0, "p50_ms": 20.0}))  # 22 ms in the mean
    run.record(make_measurement(round=2, load={"latency": None}))

    assert [row.in_use for row in run.measurements.all()] == [pytest.approx(11.0), None]


def test_rates_of_two_anchors_are_two_cells_of_a_round() -> None:
    run = make_run()
    cells = [replace(DRF, share=60, anchor=anchor) for anchor in (Anchor.SLOWEST, Anchor.REFERENCE)]
    for cell in cells:
        run.record(make_measurement(cell))

    assert [row.cell for row in run.measurements.all()] == cells
    assert [str(cell) for cell in cells] == [
        "simple drf on gunicorn_gthread, 32 connections at 60 % of the slowest stack's peak",
        "simple drf on gunicorn_gthread, 32 connections at 60 % of the reference's peak",
    ]


def test_a_failure_is_stored_with_its_reason_and_no_figures() -> None:
    row = make_run().record(make_failure(reason="the port is taken"))

    stored = Measurement.objects.get(pk=row.pk)
    assert (stored.error, stored.goodput, stored.answers, stored.valid) == ("the port is taken", None, None, False)


def test_a_trial_is_stored_once() -> None:
    run = make_run()
    run.record(make_measurement())

    with pytest.raises(IntegrityError), transaction.atomic():
        run.record(make_measurement())


def test_rows_are_valid_invalid_or_failed() -> None:
    run = make_run(rounds=3)
    valid = run.record(make_measurement(round=1))
    invalid = run.record(make_measurement(round=2, objections=(objection("too few samples"),)))
    failed = run.record(make_failure(round=3))

    rows = Measurement.objects
    assert (rows.valid().get(), rows.invalid().get(), rows.failed().get()) == (valid, invalid, failed)


def test_characters_that_the_database_cannot_hold_are_replaced() -> None:
    row = make_run(label="a\x00b").record(make_failure(reason="log: \x00 \udcff end"))

    assert Run.objects.get().label == "a\N{REPLACEMENT CHARACTER}b"
    assert Measurement.objects.get(pk=row.pk).error == "log: \N{REPLACEMENT CHARACTER} ? end"


def test_nested_values_become_plain_json_types() -> None:
    assert storable({"a": ("x\x00", {"b": 1})}) == {"a": ["x\N{REPLACEMENT CHARACTER}", {"b": 1}]}


def test_the_newest_run_is_the_one_that_began_last() -> None:
    make_run(label="old")
    new = make_run(label="new")

    assert Run.objects.newest() == new
    assert Run.objects.called("latest") == new


def test_a_run_is_found_by_its_number() -> None:
    old = make_run()
    make_run()

    assert Run.objects.called(str(old.pk)) == old


@pytest.mark.parametrize("name", ["0", "first", "-1", "1.5", "٣", "9" * 30, "9" * 5000])
def test_a_run_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="There is no run"):
        Run.objects.called(name)


def test_without_a_run_the_way_to_one_is_named() -> None:
    with pytest.raises(UsageError, match=r"manage\.py perfcompare run"):
        Run.objects.newest()


def test_the_listing_counts_trials() -> None:
    old, new = make_measured_run(rounds=2), make_run()

    assert Run.objects.listing() == [(new, 0), (old, 4)]


def test_missing_tables_are_named_with_the_way_out() -> None:
    with transaction.atomic():
        connection.cursor().execute("ALTER TABLE perfcompare_run RENAME TO elsewhere")
        with pytest.raises(EnvironmentProblem, match=r"manage\.py migrate"):
            Run.objects.newest()
        transaction.set_rollback(True)


def test_a_database_that_is_away_is_named() -> None:
    with pytest.raises(EnvironmentProblem, match=r"DATABASE_URL.*refused"), explained():
        raise OperationalError("connection refused")


def test_a_mistake_of_ours_stays_visible() -> None:
    with pytest.raises(ProgrammingError), explained():
        raise ProgrammingError("syntax error")


def test_one_run_at_most_is_the_baseline() -> None:
    first, second = make_run(), make_run()
    first.mark_baseline()
    second.mark_baseline()

    assert Run.objects.called("baseline") == second
    assert not Run.objects.get(pk=first.pk).baseline


def test_without_a_baseline_the_way_to_one_is_named() -> None:
    with pytest.raises(UsageError, match="in the admin"):
        Run.objects.called("baseline")


def test_withdrawn_figures_are_kept_and_not_used() -> None:
    row = make_run().record(make_measurement())
    assert Measurement.objects.all().withdraw("the fan was broken") == 1

    stored = Measurement.objects.get(pk=row.pk)
    assert (stored.valid, stored.against) == (False, (objection("withdrawn", "the fan was broken"),))
    assert (stored.goodput, stored.objections) == (row.goodput, [])
    assert list(Measurement.objects.valid()) == []
    assert Measurement.objects.invalid().get() == row


def test_withdrawn_figures_come_back() -> None:
    row = make_run().record(make_measurement())
    Measurement.objects.all().withdraw("a mistake")
    Measurement.objects.all().withdraw("")

    assert Measurement.objects.valid().get() == row


def test_figures_are_not_withdrawn_without_a_reason() -> None:
    make_run().record(make_measurement())

    with pytest.raises(UsageError, match="reason"):
        Measurement.objects.all().withdraw("  ")


def test_a_run_is_under_way_as_long_as_its_process_lives() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as measuring:
        run = make_run()
        run.pid, run.pid_started = process.key_of(measuring.pid) or (None, None)
        assert run.under_way

        run.cancel()
        measuring.wait(timeout=10)

    assert measuring.returncode == -signal.SIGTERM
    with pytest.raises(UsageError, match="not under way"):
        run.cancel()


def test_a_run_whose_process_was_killed_is_interrupted() -> None:
    run = make_run()
    Run.objects.filter(pk=run.pk).update(pid_started=1)

    assert [one.state for one, _trials in Run.objects.listing()] == [Run.State.INTERRUPTED]
    assert Run.objects.called(str(run.pk)).state == Run.State.INTERRUPTED


def test_a_later_process_with_the_same_number_is_left_alone() -> None:
    run = make_run()
    assert (run.pid, run.under_way) == (os.getpid(), True)
    run.pid_started = 1

    assert not run.under_way
    with pytest.raises(UsageError, match="not under way"):
        run.cancel()


def test_a_run_that_has_ended_is_not_cancelled() -> None:
    run = make_run()
    run.end(Run.State.FINISHED)

    with pytest.raises(UsageError, match="not under way"):
        run.cancel()


def test_the_newest_profile_of_a_stack_and_scenario_is_found() -> None:
    make_profile(stack="drf", scenario="simple", plain_ms=1.0)
    new = make_profile(stack="drf", scenario="simple", plain_ms=2.0)
    make_profile(stack="drf", scenario="items")

    assert Profile.objects.of("drf", "simple") == new
    assert Profile.objects.of("adrf", "simple") is None


def test_a_command_is_started_beside_the_pages_and_its_end_is_seen() -> None:
    pid = process.started(["perfcompare", "list"])

    until(lambda: process.key_of(pid) is None)

    assert "Generators" in process.log_of(pid).read_text()
    assert process.tail(pid) != ""
    assert os.getsid(0) != pid
