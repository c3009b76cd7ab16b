from __future__ import annotations

import pytest

from perfcompare.models import Run
from perfcompare.report import html, quality
from perfcompare.report.collect import collect
from tests.perfcompare.factories import DRF, FASTAPI, make_failure, make_measured_run, make_measurement, make_run

pytestmark = pytest.mark.django_db


def noisy(*reasons: str) -> Run:
    run = make_run(rounds=2)
    for number in (1, 2):
        run.record(make_measurement(FASTAPI, round=number, invalid=reasons))
        run.record(make_measurement(DRF, round=number, invalid=reasons[:1]))
    return run


def test_a_valid_run_has_no_trouble() -> None:
    assert quality.sentences(collect(make_measured_run(rounds=3))) == ()


def test_a_noisy_run_says_what_happened_and_what_to_do_each_once() -> None:
    found = quality.sentences(collect(noisy("other load: pytest", "unsteady: x")))

    assert found[0] == ("4 of 4 visits are not valid and take part in no comparison: other load (4), unsteady (2).")
    assert found[1:] == (quality.QUIET, quality.LONGER)


def test_visits_that_failed_are_counted_and_their_reasons_are_to_be_read() -> None:
    run = make_run(rounds=1)
    for cell in (FASTAPI, DRF):
        run.record(make_failure(cell, reason="wrong answer: DRF says: no"))

    assert "failed (2)" in quality.sentences(collect(run))[0]
    assert quality.sentences(collect(run))[1:] == (quality.OTHERWISE,)


def test_the_page_begins_with_it() -> None:
    page = html.page(collect(noisy("other load: pytest")))

    assert page.index(quality.QUIET) < page.index('id="claims"')
