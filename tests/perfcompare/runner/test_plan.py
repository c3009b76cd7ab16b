from __future__ import annotations

from collections import Counter
from dataclasses import replace

from perfcompare.core.measurement import Cell
from perfcompare.runner.plan import PlannedTrial, paced, planned
from perfcompare.runner.rates import equal

CELLS = [Cell(scenario="simple", stack=f"stack{number}", server="uvicorn", concurrency=8) for number in range(7)]


def cells_of(trials: tuple[PlannedTrial, ...], number: int) -> list[Cell]:
    return [trial.cell for trial in trials if trial.round == number]


def test_each_round_trials_every_cell_once() -> None:
    trials = planned(CELLS, rounds=5, seed=1)

    assert Counter((trial.round, trial.cell) for trial in trials) == Counter(
        (number, cell) for number in range(1, 6) for cell in CELLS
    )
    assert [trial.round for trial in trials] == sorted(trial.round for trial in trials)


def test_an_even_round_is_the_reverse_of_the_one_before() -> None:
    trials = planned(CELLS, rounds=4, seed=1)

    assert cells_of(trials, 2) == cells_of(trials, 1)[::-1]
    assert cells_of(trials, 4) == cells_of(trials, 3)[::-1]


def test_odd_rounds_are_shuffled_anew() -> None:
    trials = planned(CELLS, rounds=3, seed=1)

    assert cells_of(trials, 1) not in (CELLS, cells_of(trials, 3))


def test_the_seed_alone_decides() -> None:
    assert planned(CELLS, rounds=3, seed=1) == planned(CELLS, rounds=3, seed=1)
    assert planned(CELLS, rounds=3, seed=1) != planned(CELLS, rounds=3, seed=2)


def test_no_cells_make_no_trials() -> None:
    assert planned([], rounds=3, seed=1) == ()


def test_fixed_rates_come_after_every_closed_loop() -> None:
    rates = paced(CELLS, (50, 90))

    trials = planned([*rates, *CELLS], rounds=2, seed=1)

    assert [trial.cell.share > 0 for trial in trials] == [False] * 14 + [True] * 28
    assert Counter(trial.cell for trial in trials) == Counter(dict.fromkeys((*CELLS, *rates), 2))


def test_rates_that_are_the_same_for_all_belong_to_the_round_in_which_their_peak_is_found() -> None:
    rates = equal(CELLS)

    trials = planned([*CELLS, *rates], rounds=2, seed=1)

    assert [trial.round for trial in trials] == [1] * 14 + [2] * 14
    assert Counter(trial.cell for trial in trials) == Counter(dict.fromkeys((*CELLS, *rates), 2))


def test_every_cell_but_a_twin_gets_its_rates() -> None:
    twin = replace(CELLS[0], stack="stack0~twin")

    assert paced([CELLS[0], twin], (50, 75)) == (replace(CELLS[0], share=50), replace(CELLS[0], share=75))
