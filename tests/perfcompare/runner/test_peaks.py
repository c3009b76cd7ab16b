from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.runner.peaks import NoPeakError, Peaks, generator_of
from tests.perfcompare.factories import DRF, make_failure, make_measurement, objection


def test_a_closed_loop_has_no_rate() -> None:
    assert Peaks().rate(DRF) is None


def test_what_is_invalid_or_failed_is_no_peak() -> None:
    peaks = Peaks()
    peaks.note(make_measurement(DRF, objections=(objection("steal", "much"),)))
    peaks.note(make_failure(DRF))

    with pytest.raises(NoPeakError):
        peaks.rate(replace(DRF, share=50))


def test_fixed_rates_are_sent_by_a_generator_with_an_open_loop_and_second_instruments_by_themselves() -> None:
    assert generator_of(DRF, "wrk") == "wrk"
    assert generator_of(replace(DRF, share=50), "wrk") == "locust"
    assert generator_of(replace(DRF, share=50), "locust") == "locust"
    assert generator_of(replace(DRF, instrument="wrk"), "locust") == "wrk"
