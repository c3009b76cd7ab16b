from __future__ import annotations

from random import Random

from perfcompare.core.statistics import Verdict
from perfcompare.study.outcomes import ORIGINAL, SAME, SLOWED, TWIN, Result, Round, outcomes, result


def simulated(rounds: int, *, noise: float, slowdown: float, seed: int = 1) -> list[Round]:
    """Rounds of a machine whose figures scatter by `noise` (standard deviation) and drift together."""
    random = Random(seed)
    found: list[Round] = []
    for _ in range(rounds):
        mood = random.gauss(100.0, 10.0)
        found.append(
            {
                role: mood * random.gauss(1.0, noise) * (1 + slowdown if role == SLOWED else 1)
                for role in (ORIGINAL, TWIN, SAME, SLOWED)
            }
        )
    return found


def test_each_comparison_has_rounds_of_its_own() -> None:
    found = outcomes(simulated(23, noise=0.01, slowdown=0.05), size=5, seed=1)

    assert [one.role for one in found] == [SAME, SLOWED] * 4


def test_a_steady_machine_finds_five_percent_and_nothing_where_there_is_nothing() -> None:
    found = result(outcomes(simulated(200, noise=0.008, slowdown=0.05), size=10, seed=1))

    assert found.comparisons == 20
    assert found.holds


def test_a_noisy_machine_does_not_hold() -> None:
    found = result(outcomes(simulated(200, noise=0.10, slowdown=0.05), size=10, seed=1))

    assert found.found < 19
    assert not found.holds
    assert found.false <= 1


def test_a_slower_verdict_on_the_same_thing_is_false() -> None:
    rounds: list[Round] = [{ORIGINAL: 1.0, TWIN: 1.0, SAME: 1.2, SLOWED: 1.0}] * 3

    found = outcomes(rounds, size=3, seed=1)

    assert [one.verdict for one in found] == [Verdict.SLOWER, Verdict.NO_DIFFERENCE]
    assert result(found) == Result(comparisons=1, false=1, found=0)


def test_nothing_measured_does_not_hold() -> None:
    assert not result(()).holds
