from __future__ import annotations

from collections import Counter
from dataclasses import replace

from perfcompare.core.measurement import Cell
from perfcompare.runner.plan import Visit, paced, planned
from perfcompare.runner.rates import equal

CELLS = [Cell(scenario="simple", stack=f"stack{number}", server="uvicorn", concurrency=8) for number in range(7)]


def cells_of(visits: tuple[Visit, ...], number: int) -> list[Cell]:
    return [visit.cell for visit in visits if visit.round == number]


def test_each_round_visits_every_cell_once() -> None:
    visits = planned(CELLS, rounds=5, seed=1)

    assert Counter((visit.round, visit.cell) for visit in visits) == Counter(
        (number, cell) for number in range(1, 6) for cell in CELLS
    )
    assert [visit.round for visit in visits] == sorted(visit.round for visit in visits)


def test_an_even_round_is_the_reverse_of_the_one_before() -> None:
    visits = planned(CELLS, rounds=4, seed=1)

    assert cells_of(visits, 2) == cells_of(visits, 1)[::-1]
    assert cells_of(visits, 4) == cells_of(visits, 3)[::-1]


def test_odd_rounds_are_shuffled_anew() -> None:
    visits = planned(CELLS, rounds=3, seed=1)

    assert cells_of(visits, 1) not in (CELLS, cells_of(visits, 3))


def test_the_seed_alone_decides() -> None:
    assert planned(CELLS, rounds=3, seed=1) == planned(CELLS, rounds=3, seed=1)
    assert planned(CELLS, rounds=3, seed=1) != planned(CELLS, rounds=3, seed=2)


def test_no_cells_make_no_visits() -> None:
    assert planned([], rounds=3, seed=1) == ()


def test_fixed_rates_come_after_every_closed_loop() -> None:
    rates = paced(CELLS, (50, 90))

    visits = planned([*rates, *CELLS], rounds=2, seed=1)

    assert [visit.cell.share > 0 for visit in visits] == [False] * 14 + [True] * 28
    assert Counter(visit.cell for visit in visits) == Counter(dict.fromkeys((*CELLS, *rates), 2))


def test_rates_that_are_the_same_for_all_belong_to_the_round_in_which_their_peak_is_found() -> None:
    rates = equal(CELLS)

    visits = planned([*CELLS, *rates], rounds=2, seed=1)

    assert [visit.round for visit in visits] == [1] * 14 + [2] * 14
    assert Counter(visit.cell for visit in visits) == Counter(dict.fromkeys((*CELLS, *rates), 2))


def test_every_cell_but_a_twin_gets_its_rates() -> None:
    twin = replace(CELLS[0], stack="stack0~twin")

    assert paced([CELLS[0], twin], (50, 75)) == (replace(CELLS[0], share=50), replace(CELLS[0], share=75))
