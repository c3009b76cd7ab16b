from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.core.measurement import Anchor, Cell
from perfcompare.runner.rates import SHARE, Rates, equal

FASTAPI = Cell(scenario="simple", stack="fastapi", server="uvicorn", concurrency=32)
TWIN = replace(FASTAPI, stack="fastapi~twin")
DRF = replace(FASTAPI, stack="drf", server="gunicorn_gthread")


def at(cell: Cell, anchor: Anchor, share: int = SHARE) -> Cell:
    return replace(cell, share=share, anchor=anchor)


def noted(*found: tuple[Cell, float]) -> Rates:
    rates = Rates()
    rates.note(found)
    return rates


def test_each_cell_is_asked_at_the_rate_of_the_slowest_and_at_that_of_the_reference() -> None:
    assert equal([FASTAPI, DRF]) == (
        at(FASTAPI, Anchor.SLOWEST),
        at(DRF, Anchor.SLOWEST),
        at(FASTAPI, Anchor.REFERENCE),
        at(DRF, Anchor.REFERENCE),
    )


def test_without_the_reference_there_is_no_rate_of_it() -> None:
    assert equal([TWIN, DRF]) == (at(TWIN, Anchor.SLOWEST), at(DRF, Anchor.SLOWEST))
    assert equal([]) == ()


def test_a_rate_is_a_share_of_the_peak_and_the_same_for_all() -> None:
    rates = noted((FASTAPI, 1000.0), (DRF, 300.0))

    assert {rates.of(at(cell, Anchor.SLOWEST)) for cell in (FASTAPI, DRF, TWIN)} == {180.0}
    assert {rates.of(at(cell, Anchor.REFERENCE)) for cell in (FASTAPI, DRF, TWIN)} == {600.0}
    assert rates.of(at(DRF, Anchor.SLOWEST, share=90)) == 270.0


def test_the_slowest_may_be_the_reference_itself() -> None:
    rates = noted((FASTAPI, 100.0), (DRF, 300.0))

    assert rates.of(at(DRF, Anchor.SLOWEST)) == rates.of(at(DRF, Anchor.REFERENCE)) == 60.0


@pytest.mark.parametrize(("peak", "rate"), [(12_345.0, 7400.0), (1.234, 0.74), (0.0123, 0.0074), (16.6, 10.0)])
def test_a_rate_has_two_digits(peak: float, rate: float) -> None:
    assert noted((DRF, peak)).of(at(DRF, Anchor.SLOWEST)) == rate


def test_what_no_turn_has_shown_is_not_known() -> None:
    rates = noted((TWIN, 1000.0), (DRF, 300.0))

    assert rates.of(at(DRF, Anchor.REFERENCE)) is None
    assert rates.of(at(replace(DRF, scenario="items"), Anchor.SLOWEST)) is None
    assert rates.of(at(replace(DRF, concurrency=64), Anchor.SLOWEST)) is None
    assert Rates().of(at(DRF, Anchor.SLOWEST)) is None


def test_the_last_turns_count_and_those_of_other_scenarios_stay() -> None:
    rates = noted((FASTAPI, 1000.0), (DRF, 300.0))
    rates.note([(replace(DRF, scenario="items"), 50.0)])
    rates.note([(DRF, 200.0)])
    rates.note([])

    assert rates.of(at(DRF, Anchor.SLOWEST)) == 120.0
    assert rates.of(at(DRF, Anchor.REFERENCE)) is None  # it did not answer this time
    assert rates.of(at(replace(DRF, scenario="items"), Anchor.SLOWEST)) == 30.0
