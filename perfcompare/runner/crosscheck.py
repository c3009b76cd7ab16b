"""Detectors that look at all trials of a run together.

They need only stored data, so that the same rules apply to a run from another machine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, Final

from perfcompare.core.measurement import Cell
from perfcompare.core.objection import EVERY, TIMES, Figure, Objection
from perfcompare.core.stack import PROXIED, variant
from perfcompare.core.statistics import MIN_ROUNDS
from perfcompare.core.target import CEILING, FLOOR, REFERENCE

MAX_CEILING_SHARE: Final = 0.85
"""Of the bare server's rate. Nearer to it, a rate says as much about server and generator as about the stack."""
MAX_BYTES_DEVIATION: Final = 0.02
"""Of the reference's bytes per answer. Blanks and the order of keys may differ, content may not."""
MAX_DRIFT: Final = 0.10
"""Of the anchor's median over the rounds. What changes it by more does not change every stack alike."""
_SETTINGS: Final = ("loop", "parser", "processes", "open_files_limit", "debug")
"""These must be the same wherever the same server program runs. Threads may differ with the stack."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The facts that these detectors need about one trial with figures."""

    key: Hashable
    """Identifies the trial."""
    cell: Cell
    round: int
    generator: str
    goodput: float
    server_cpu_us: float | None
    body_bytes: float | None
    rate: float | None
    configuration: Mapping[str, Any]
    spoiled: frozenset[Figure] = frozenset()
    """The figures that are already rejected. They are not used for comparison."""


Found = Iterator[tuple[Seen, str]]


def crosscheck(trials: Sequence[Seen], *, in_turns: bool = False) -> Mapping[Hashable, tuple[Objection, ...]]:
    """Why figures must not be used, by the key of the trial; valid trials are absent.

    A run in turns (`in_turns`) has no rates, and a change from round to round affects a whole block.
    """
    found: dict[Hashable, list[Objection]] = defaultdict(list)
    for code, (figures, detector) in DETECTORS.items():
        if in_turns and code in _OF_ONE_AFTER_ANOTHER:
            continue
        for trial, sentence in detector(trials):
            found[trial.key].append(Objection(code=code, figures=figures, sentence=sentence))
    return {key: tuple(objections) for key, objections in found.items()}


def codes() -> frozenset[str]:
    """The codes of these detectors."""
    return frozenset(DETECTORS)


def _ceiling(trials: Sequence[Seen]) -> Found:
    floors = _medians(
        ((one.generator, one.cell.concurrency), one.goodput)
        for one in trials
        if Figure.RATE not in one.spoiled
        and (one.cell.stack, one.cell.scenario) == (FLOOR, CEILING)
        and one.rate is None
    )
    for trial in trials:
        ceiling = floors.get((trial.generator, trial.cell.concurrency))
        if trial.cell.stack == FLOOR or trial.rate is not None or ceiling is None:
            continue
        if trial.goodput > MAX_CEILING_SHARE * ceiling:
            yield trial, f"{trial.goodput:.0f} answers/s are {trial.goodput / ceiling:.0%} of the bare server's rate."


def _unequal_bytes(trials: Sequence[Seen]) -> Found:
    expected = _medians(
        (one.cell.scenario, one.body_bytes)
        for one in trials
        if one.cell.stack == REFERENCE and one.body_bytes is not None
    )
    for trial in trials:
        wanted = expected.get(trial.cell.scenario)
        if trial.body_bytes is None or not wanted or abs(trial.body_bytes / wanted - 1) <= MAX_BYTES_DEVIATION:
            continue
        yield trial, f"an answer has {trial.body_bytes:.0f} bytes, the reference's has {wanted:.0f}."


def _unequal_configuration(trials: Sequence[Seen]) -> Found:
    by_server: dict[tuple[str, bool], list[Seen]] = defaultdict(list)
    for trial in trials:
        if trial.configuration:
            proxied = variant(trial.cell.stack) == PROXIED  # which has nginx's processes beside its own
            by_server[trial.cell.server, proxied].append(trial)
    for group in by_server.values():
        usual = Counter(_settings(trial) for trial in group).most_common(1)[0][0]
        for trial in group:
            other = [
                f"{name} {is_now!r} instead of {common!r}"
                for name, is_now, common in zip(_SETTINGS, _settings(trial), usual, strict=True)
                if is_now != common
            ]
            if other:
                yield (
                    trial,
                    f"{trial.cell.server} ran with other settings than elsewhere in this run: {', '.join(other)}.",
                )


def _settings(trial: Seen) -> tuple[Any, ...]:
    return tuple(trial.configuration.get(name) for name in _SETTINGS)


def _drift(trials: Sequence[Seen]) -> Found:
    anchors = {
        (one.cell, one.round): one.server_cpu_us
        for one in trials
        if Figure.COST not in one.spoiled and one.cell.stack == REFERENCE and one.server_cpu_us
    }
    rounds = Counter(cell for cell, _round in anchors)
    usual = _medians((cell, cost) for (cell, _round), cost in anchors.items())
    for (cell, number), cost in anchors.items():
        change = cost / usual[cell] - 1
        if rounds[cell] < MIN_ROUNDS or abs(change) <= MAX_DRIFT:
            continue
        for trial in trials:
            if trial.round == number and _block(trial.cell) == _block(cell):
                yield (
                    trial,
                    f"the cost of the reference, {cell}, differed by {change:+.0%} from its median in round {number}.",
                )


def _block(cell: Cell) -> Cell:
    """What cells must share to be compared."""
    return replace(cell, stack="", server="")


def _medians(pairs: Iterable[tuple[Any, float]]) -> dict[Any, float]:
    groups: dict[Any, list[float]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: median(values) for key, values in groups.items()}


DETECTORS: Final[Mapping[str, tuple[frozenset[Figure], Callable[[Sequence[Seen]], Found]]]] = {
    "ceiling": (TIMES, _ceiling),
    "unequal bytes": (EVERY, _unequal_bytes),
    "unequal configuration": (EVERY, _unequal_configuration),
    "drift": (EVERY, _drift),
}
"""Code to the figures that it rejects and the detector. No code is also in validity.DETECTORS."""
_OF_ONE_AFTER_ANOTHER: Final = ("ceiling", "drift")
