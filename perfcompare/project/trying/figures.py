"""Costs beside those of the project as it is: of each request, and weighted by the traffic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

from perfcompare.core.statistics import Interval, Verdict, judge, median, noise_floor, ratio_interval
from perfcompare.project.forecast.application import BARE, FORECAST, JSON
from perfcompare.project.target import AS_IS, ITS_TWIN
from perfcompare.project.trying.results import Results

Pair = tuple[float, float]
Costs = Mapping[int, float]
"""Microseconds by round."""
SEED = 1
"""Of the resampling, so that the same results give the same interval."""
_MORE: Final[Mapping[str, tuple[str, ...]]] = {FORECAST: (JSON,), BARE: (FORECAST, JSON)}
"""What does all that a bound does, and more. A bound is no dearer, whatever noise says: the cheapest of them is it."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A cost beside another one, paired by round."""

    ratio: float
    interval: Interval | None
    verdict: Verdict | None
    rounds: int
    requests: tuple[str, ...]
    """Of which requests."""

    @property
    def times(self) -> float:
        """How many times as many requests a core answers."""
        return 1 / self.ratio

    @property
    def times_interval(self) -> Interval | None:
        """The same as an interval."""
        found = self.interval
        return found and Interval(low=1 / found.high, middle=1 / found.middle, high=1 / found.low)


@dataclass(frozen=True)
class Figures:
    """The figures of results."""

    results: Results

    @cached_property
    def costs(self) -> Mapping[tuple[str, str], Costs]:
        """By variant and request, those that may be used."""
        found: defaultdict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        for one in self.results.trials:
            if one.cpu_us:
                found[one.variant, one.request][one.round] = one.cpu_us
        return dict(found)

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """The share of each request in the traffic, of those that have a cost as the project is."""
        known = {one.name: one.weight for one in self.results.requests if (AS_IS, one.name) in self.costs}
        whole = sum(known.values())
        return {name: weight / whole for name, weight in known.items()}

    @cached_property
    def floor(self) -> float | None:
        """By what share the weighted cost of the same thing measured twice differs."""
        return noise_floor(self._weighted(ITS_TWIN, AS_IS, tuple(self.weights)))

    def cost(self, variant: str, request: str) -> float | None:
        """Microseconds of CPU per request: the median of its rounds."""
        found = self.costs.get((variant, request))
        return median([*found.values()]) if found else None

    def weighted(self, variant: str) -> float | None:
        """Microseconds of CPU per request of the traffic; None when a request of it has no figure.

        It is the cost of the project as it is, times the ratio: rounds in which the machine was slow count for both.
        """
        costs = {name: self.cost(AS_IS, name) for name in self.weights}
        whole = sum(weight * (costs[name] or 0.0) for name, weight in self.weights.items())
        if variant == AS_IS:
            return whole or None
        beside = self.beside(variant)
        return whole * beside.ratio if beside and len(beside.requests) == len(self.weights) else None

    def beside(self, variant: str, *, other: str = AS_IS) -> Beside | None:
        """Its weighted cost beside another's, over the requests that both have; None without any."""
        return self._bound(variant, partial(self._beside, other=other))

    def _beside(self, variant: str, *, other: str) -> Beside | None:
        known = tuple(name for name in self.weights if self._pairs(variant, other, name))
        return self._judged(self._weighted(variant, other, known), known, self.floor)

    def saves(self, variant: str) -> bool:
        """Whether it is cheaper, by its verdict; before there is one, by its ratio alone."""
        beside = self.beside(variant)
        if beside is None or beside.verdict is not None:
            return beside is not None and beside.verdict is Verdict.FASTER
        return beside.ratio < 1

    def clearly(self, variant: str) -> bool:
        """Whether it also saves more than the twin ever differed by."""
        beside = self.beside(variant)
        own = [one / other for one, other in self._weighted(ITS_TWIN, AS_IS, tuple(self.weights))]
        noise = max((abs(ratio - 1) for ratio in own), default=0.0)
        return beside is not None and self.saves(variant) and (beside.verdict is not None or beside.ratio < 1 - noise)

    def of_request(self, variant: str, request: str, *, other: str = AS_IS) -> Beside | None:
        """Its cost of one request beside another's."""
        return self._bound(
            variant,
            lambda one: self._judged(self._pairs(one, other, request), (request,), self.noise(request)),
        )

    def _bound(self, variant: str, beside: Callable[[str], Beside | None]) -> Beside | None:
        """That of the variant, or of what does more and was cheaper, for the same requests."""
        own = beside(variant)
        more = filter(None, map(beside, _MORE.get(variant, ())))
        return own and min([own, *(one for one in more if one.requests == own.requests)], key=_ratio)

    def noise(self, request: str) -> float | None:
        """By what share the cost of a request differs when the same thing is measured twice."""
        return _larger(noise_floor(self._pairs(ITS_TWIN, AS_IS, request)), self.floor)

    def holes(self, variant: str) -> tuple[str, ...]:
        """The requests of the traffic that a variant has no figure of."""
        return tuple(name for name in self.weights if (variant, name) not in self.costs)

    def trouble(self, variant: str, request: str) -> str:
        """The most frequent reason why a trial gave no cost."""
        troubles = Counter(
            one.trouble
            for one in self.results.trials
            if (one.variant, one.request) == (variant, request) and one.trouble
        )
        return troubles.most_common(1)[0][0] if troubles else "It was not measured."

    def _pairs(self, variant: str, other: str, request: str) -> list[Pair]:
        ones, others = self.costs.get((variant, request), {}), self.costs.get((other, request), {})
        return [(cost, others[number]) for number, cost in ones.items() if number in others]

    def _weighted(self, variant: str, other: str, requests: Sequence[str]) -> list[Pair]:
        rounds = self._rounds((name, key) for name in (variant, other) for key in requests)
        return [(self._sum(variant, requests, number), self._sum(other, requests, number)) for number in sorted(rounds)]

    def _sum(self, variant: str, requests: Sequence[str], number: int) -> float:
        return sum(self.weights[name] * self.costs[variant, name][number] for name in requests)

    def _rounds(self, keys: Iterable[tuple[str, str]]) -> set[int]:
        """Those in which all of these have a figure."""
        found = [set(self.costs.get(key, ())) for key in keys]
        return set.intersection(*found) if found else set()

    @staticmethod
    def _judged(pairs: Sequence[Pair], requests: tuple[str, ...], floor: float | None) -> Beside | None:
        if not pairs:
            return None
        interval = ratio_interval(pairs, seed=SEED)
        return Beside(
            ratio=median([one / other for one, other in pairs]),
            interval=interval,
            verdict=judge(interval, floor=floor, rounds=len(pairs), dear=True),
            rounds=len(pairs),
            requests=requests,
        )


def _ratio(one: Beside) -> float:
    return one.ratio


def _larger(one: float | None, other: float | None) -> float | None:
    return max((found for found in (one, other) if found is not None), default=None)
