from __future__ import annotations

import pytest

from perfcompare.core.statistics import Interval, Verdict
from perfcompare.report.data import formatting
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import CellSummary, Figures
from tests.perfcompare.factories import DRF


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.0, "0.00"), (3.104, "3.10"), (31.04, "31.0"), (310.4, "310"), (12345.6, "12,346")],
)
def test_a_number_has_three_significant_digits(value: float | None, text: str) -> None:
    assert formatting.number(value) == text


def test_a_ratio_is_told_with_its_interval() -> None:
    interval = Interval(low=2.9, middle=3.1, high=3.3)

    assert formatting.ratio(Ratio(value=3.1, rounds=5, interval=interval)) == "3.10x [2.90, 3.30]"


def test_a_ratio_without_an_interval_has_no_brackets() -> None:
    assert formatting.ratio(Ratio(value=3.1, rounds=1, interval=None)) == "3.10x"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.FASTER, "cheaper"),
        (Verdict.SLOWER, "dearer"),
        (Verdict.NO_DIFFERENCE, "no difference"),
        (None, "-"),
    ],
)
def test_a_verdict_on_costs_is_a_word_about_costs(verdict: Verdict | None, said: str) -> None:
    assert formatting.verdict(Ratio(value=3.1, rounds=5, interval=None, verdict=verdict)) == said
    assert formatting.verdict(None) == "-"


@pytest.mark.parametrize(("cpu_us", "answers"), [(100.0, 10_000.0), (None, None), (0.0, None)])
def test_answers_per_core_are_the_inverse_of_the_cost(cpu_us: float | None, answers: float | None) -> None:
    cell = CellSummary(
        cell=DRF,
        stack="DRF",
        server="gunicorn",
        judged=True,
        reference=False,
        valid=1,
        visited=1,
        rounds=1,
        figures=Figures(server_cpu_us=cpu_us, goodput=7.0),
        cpu_ratio=None,
        goodput_ratio=None,
    )

    assert formatting.per_core(cell) == answers


def test_memory_is_told_in_mebibytes() -> None:
    assert formatting.mebibytes(51200) == "50.0"


def test_control_characters_do_not_reach_a_terminal() -> None:
    assert formatting.printable("a\x1b[31m\r\nb") == "a [31m  b"
