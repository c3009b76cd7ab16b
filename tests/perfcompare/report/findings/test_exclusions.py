from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.core.measurement import Anchor
from perfcompare.core.objection import TIMES, Objection
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.findings import exclusions, remedies
from perfcompare.report.writers import html
from perfcompare.report.writers.markdown import as_markdown
from perfcompare.runner import crosscheck, validity
from tests.perfcompare.factories import (
    DRF,
    FASTAPI,
    make_failure,
    make_measured_run,
    make_measurement,
    make_run,
    objection,
)

pytestmark = pytest.mark.django_db


def noisy(*codes: str) -> Run:
    run = make_run(rounds=2)
    objections = tuple(map(objection, codes))
    for number in (1, 2):
        run.record(make_measurement(FASTAPI, round=number, objections=objections))
        run.record(make_measurement(DRF, round=number, objections=objections[:1]))
    return run


def test_a_valid_run_has_no_trouble() -> None:
    assert exclusions.sentences(collect(make_measured_run(rounds=3))) == ()


def test_a_noisy_run_says_what_happened_and_what_to_do_each_once() -> None:
    found = exclusions.sentences(collect(noisy("other load", "unsteady")))

    assert found[0] == ("4 of 4 trials are invalid and left out of all comparisons: other load (4), unsteady (2).")
    assert found[1:] == (remedies.QUIET, remedies.LONGER, remedies.TURNS)


def test_windows_at_equal_load_are_told_apart_from_trials() -> None:
    paced = [replace(cell, share=60, anchor=Anchor.SLOWEST) for cell in (FASTAPI, DRF)]
    own = replace(DRF, share=75)
    run = make_run([FASTAPI, DRF, *paced, own], rounds=1)
    for cell in (FASTAPI, DRF, own):
        run.record(make_measurement(cell))
    for cell in paced:
        run.record(make_measurement(cell, objections=(objection("steal", figures=TIMES),)))

    assert exclusions.sentences(collect(run))[0] == ("2 of 2 windows at equal load have no valid latency: steal (2).")


def test_a_rate_that_a_stack_cannot_keep_up_is_no_trouble() -> None:
    window = replace(DRF, share=60, anchor=Anchor.REFERENCE)
    run = make_run([DRF, window], rounds=1)
    run.record(make_measurement(DRF))
    run.record(make_measurement(window, objections=(objection("saturated", figures=TIMES),)))

    assert exclusions.sentences(collect(run)) == ()


def test_ways_out_that_several_detectors_share_are_said_once() -> None:
    found = exclusions.sentences(collect(noisy("other load", "few answers", "unsteady")))

    assert found[1:] == (remedies.QUIET, remedies.LONGER, remedies.TURNS)


@pytest.mark.parametrize(("objections", "cpu_us"), [((objection("unsteady"),), 100.0), ((), 200.0)])
def test_a_machine_that_stays_noisy_is_told_of_turns(objections: tuple[Objection, ...], cpu_us: float) -> None:
    """What is unsteady within a window, and what drifts between rounds."""
    run = make_measured_run(rounds=3)
    run.record(make_measurement(FASTAPI, round=4, cpu_us=cpu_us, objections=objections))

    assert "leave out --sequential" in html.page(collect(run))
    assert "leave out --sequential" in as_markdown(run, collect(run))


def test_trials_that_failed_are_counted_and_their_reasons_are_to_be_read() -> None:
    run = make_run(rounds=1)
    for cell in (FASTAPI, DRF):
        run.record(make_failure(cell, reason="wrong answer: DRF says: no"))

    assert "failed (2)" in exclusions.sentences(collect(run))[0]
    assert exclusions.sentences(collect(run))[1:] == (remedies.CAUSES["failed"].way_out,)


def test_the_page_begins_with_it() -> None:
    page = html.page(collect(noisy("other load")))

    assert page.index(remedies.QUIET) < page.index('id="claims"')


@pytest.mark.parametrize("code", [*validity.DETECTORS, *crosscheck.DETECTORS, "failed", "withdrawn", "interrupted"])
def test_every_detector_has_its_cause_and_the_way_out(code: str) -> None:
    known = remedies.CAUSES[code]

    assert known.cause.endswith(".")
    assert known.way_out.rstrip(".)")


def test_one_noisy_trial_has_its_cause_and_the_way_out_on_the_page() -> None:
    run = make_measured_run(rounds=3)
    run.record(make_measurement(DRF, round=4, objections=(objection("steal", "the hypervisor gave 5.0% to others."),)))

    page = html.page(collect(run))

    assert exclusions.sentences(collect(run)) == ()
    assert remedies.CAUSES["steal"].cause in page
    assert "repeat the run when" in page


def test_an_unknown_reason_is_not_passed_over() -> None:
    (found,) = exclusions.remedies(collect(noisy("no such detector")))

    assert (found.name, found.trials, found.known) == ("no such detector", 4, remedies.OTHER)
