"""What results say, in sentences and rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from perfcompare.core.statistics import Verdict, median
from perfcompare.project.forecast.application import BARE, FORECAST, JSON
from perfcompare.project.page.traffic import Price
from perfcompare.project.target import AS_IS, ITS_TWIN
from perfcompare.project.trying.figures import Beside, Figures
from perfcompare.project.trying.results import Kind, Refused, Results, State, Tried
from perfcompare.project.trying.together import LEVERS, SETTINGS
from perfcompare.report.data.words import NOTHING, both, interval, number, times

LADDER: Final = (AS_IS, SETTINGS, LEVERS, JSON, FORECAST, BARE)
"""The answer, from the project as it is to the bound that no code can pass."""
ALONE: Final = frozenset({Kind.SETTING, Kind.SERVER, Kind.LEVER})
"""What is measured alone."""
_SAID: Final = {
    AS_IS: "as it is",
    SETTINGS: "by settings",
    LEVERS: "with levers",
    JSON: "an ordinary port to FastAPI, without your logic, about",
    FORECAST: "a perfect port to FastAPI at most",
    BARE: "the server alone",
}
_VERDICTS: Final = {
    Verdict.FASTER: "cheaper",
    Verdict.SLOWER: "dearer",
    Verdict.NO_DIFFERENCE: "no difference",
    None: "not decided",
}
HOLE: Final = "no valid figure"


def verdict(beside: Beside | None) -> str:
    """In words."""
    if beside is None:
        return HOLE
    return "a first look: one round" if beside.rounds == 1 else _VERDICTS[beside.verdict]


def gain(beside: Beside | None) -> str:
    """`1.41x [1.38, 1.45]`: how many times as many requests a core answers."""
    return HOLE if beside is None else times(beside.times, beside.times_interval)


def _sentence(text: str) -> str:
    """With a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Findings:
    """What a page says about results, at this price."""

    results: Results
    price: Price

    @cached_property
    def figures(self) -> Figures:
        """Costs and comparisons."""
        return Figures(self.results)

    @property
    def ladder(self) -> list[Tried]:
        """The variants of the answer that were measured, in its order."""
        return [one for name in LADDER if (one := self.results.variant(name)) is not None]

    @property
    def alone(self) -> list[Tried]:
        """Each change that was measured alone, those that save most first; those without a figure last."""
        found = [one for one in self.results.tried if one.kind in ALONE]
        return sorted(found, key=lambda one: beside.ratio if (beside := self.figures.beside(one.name)) else 99.0)

    @property
    def part_of(self) -> frozenset[str]:
        """The names of the changes and servers in the variants that stand together."""
        wholes = [one for one in self.results.tried if one.kind is Kind.TOGETHER]
        return frozenset(name for one in wholes for name in (*one.changes, one.server))

    @property
    def accepted(self) -> list[Tried]:
        """The changes of which these variants are made."""
        return [one for one in self.alone if one.name in self.part_of]

    @property
    def wrong(self) -> list[Refused]:
        """The changes that were tried and refused."""
        return [one for one in self.results.refused if one.applies]

    @property
    def on_purpose(self) -> list[Tried]:
        """The variants whose answers differ as their changes declare."""
        return [one for one in self.results.tried if one.differs]

    @property
    def inapplicable(self) -> list[Refused]:
        """The changes that cannot be used here."""
        return [one for one in self.results.refused if not one.applies]

    def said(self, one: Tried) -> str:
        """What it is, in the answer."""
        return _SAID.get(one.name, one.label)

    def named(self, one: Tried) -> str:
        """The same with the server, which is a part of the variants that stand together."""
        return one.label if one.kind is Kind.TOGETHER else self.said(one)

    def times(self, name: str) -> str:
        """How many times as many requests of the traffic a core answers, without an interval."""
        if name == AS_IS:
            return "1.0x"
        beside = self.figures.beside(name)
        return HOLE if beside is None else f"{number(beside.times)}x"

    @property
    def answer(self) -> str:
        """The answer in a sentence; or why there is none."""
        if self.figures.weighted(AS_IS) is None:
            return "Nothing is known yet: no request has a valid figure of the project as it is."
        known = [one for one in self.ladder if one.name == AS_IS or self.figures.beside(one.name)]
        parts = [f"{self.said(one)} {self.times(one.name)}{self._doubt(one)}" for one in known]
        rest = "" if len(known) > 1 else "; nothing else has a valid figure"
        return f"{_sentence('; '.join(parts))}{rest}."

    def _doubt(self, one: Tried) -> str:
        """What the number alone would hide."""
        beside = None if one.name == AS_IS else self.figures.beside(one.name)
        return " (no difference)" if beside and beside.verdict is Verdict.NO_DIFFERENCE else ""

    @property
    def sentences(self) -> Iterator[str]:
        """What a team must know beside the answer."""
        cost = self.figures.weighted(AS_IS)
        if cost is not None:
            yield (
                f"A request of the traffic costs {number(cost / 1000)} ms of processor time in the project's server as "
                f"it is: {number(self.price.cores(cost))} cores at {self.price.rate:,.0f} requests per second."
            )
        if said := self.results.disturbance:
            yield f"{said} So the intervals are wider than they need be, and a gate does not take it as a baseline."
        for one in self.ladder[1:]:
            yield from self._sentence(one)
        if self.results.unbounded:
            yield self.results.unbounded
        if self.bounds:
            yield (
                "A port also needs what the bounds leave out: your permissions, your logic, building nested objects, "
                "caches and other services. So they are what moving could bring at most, and no promise."
            )
        differing: dict[str, list[str]] = defaultdict(list)
        for one in self.ladder:
            for said in one.differs:
                differing[said].append(self.said(one))
        yield from (
            f"{_sentence(both(names))}: some answers differ on purpose. {said}" for said, names in differing.items()
        )
        if self.results.state is not State.FINISHED:
            yield f"This `try` was {self.results.state}: what was not measured is missing."
        if floor := self.figures.floor:
            yield f"The same thing measured twice differs by {floor:.1%} here. Smaller differences count as none."
        elif cost is not None:
            yield "The noise is not known: there are fewer than three rounds. So nothing is judged."

    def _sentence(self, one: Tried) -> Iterator[str]:
        beside = self.figures.beside(one.name)
        if beside is None:
            if self.results.state is State.FINISHED:
                yield f"{_sentence(self.named(one))}: {HOLE}."
            return
        yield (
            f"{_sentence(self.named(one))}: {gain(beside)} the requests per core, over {len(beside.requests)} of "
            f"{len(self.figures.weights)} requests; {verdict(beside)}."
        )

    @property
    def holes(self) -> list[tuple[str, str]]:
        """The requests that are not measured, or not by every variant, and why."""
        found = [(one.name, one.hole) for one in self.results.requests if one.hole]
        for tried in self.results.tried:
            for request in self._wanted(tried):
                if not self.figures.cost(tried.name, request) and tried.name != ITS_TWIN:
                    found.append((f"{request}, {tried.name}", self.figures.trouble(tried.name, request)))
        return found

    def _wanted(self, tried: Tried) -> list[str]:
        """The requests at which it was to be measured."""
        sample = self.results.sample if tried.kind in ALONE else ()
        return [one.name for one in self.results.requests if not one.hole and (not sample or one.name in sample)]

    @property
    def request_names(self) -> list[str]:
        """The requests that have a cost as the project is, the dearest part of the traffic first."""
        weights = self.figures.weights
        return sorted(weights, key=lambda name: -weights[name] * (self.figures.cost(AS_IS, name) or 0.0))

    def sums(self) -> Iterator[tuple[str, str, str, str, str]]:
        """For each variant of the answer: what it is, CPU per request, cores, money, gain."""
        for one in self.ladder:
            cost = self.figures.weighted(one.name)
            month = None if cost is None else self.price.month(cost)
            yield (
                self.said(one),
                HOLE if cost is None else f"{number(cost / 1000)} ms",
                HOLE if cost is None else number(self.price.cores(cost)),
                NOTHING if month is None else f"{month:,.0f}",
                "1.0x" if one.name == AS_IS else gain(self.figures.beside(one.name)),
            )

    def table(self) -> Iterator[tuple[str, ...]]:
        """For each request: its share, what it costs as it is, statements, and the gain of each variant."""
        works = self.results.works(AS_IS)
        for name in self.request_names:
            work = works.get(name)
            yield (
                name,
                f"{self.figures.weights[name]:.0%}",
                f"{number((self.figures.cost(AS_IS, name) or 0.0) / 1000)} ms",
                number(work.statements) if work else NOTHING,
                *(gain(self.figures.of_request(one.name, name)) for one in self.ladder[1:]),
            )

    def latencies(self) -> Iterator[tuple[str, ...]]:
        """For each request: the 50th and 99th percentile of each variant at equal load, in milliseconds."""
        for name in self.request_names:
            row = [self._latency(one.name, name) for one in self.ladder]
            if any(one != NOTHING for one in row):
                yield (name, *row)

    def _latency(self, variant: str, request: str) -> str:
        found = [
            (one.p50_ms, one.p99_ms)
            for one in self.results.trials
            if (one.variant, one.request) == (variant, request) and one.p50_ms is not None and one.p99_ms is not None
        ]
        if not found:
            return NOTHING
        return " / ".join(number(median([one[place] for one in found])) for place in (0, 1))

    def changes(self) -> Iterator[tuple[Tried, str, str]]:
        """Each change alone: its gain and its verdict."""
        for one in self.alone:
            beside = self.figures.beside(one.name)
            yield one, gain(beside), verdict(beside)

    def more_statements(self) -> Iterator[str]:
        """Where a variant sends another number of statements than the project as it is."""
        plain = self.results.works(AS_IS)
        for one in self.ladder[1:]:
            for request, work in self.results.works(one.name).items():
                if request in plain and work.statements != plain[request].statements:
                    yield (
                        f"{request}: {work.statements:g} statements {self.said(one)}, "
                        f"{plain[request].statements:g} as it is."
                    )

    @property
    def bounds(self) -> bool:
        """Whether ports were measured, and not the server alone."""
        return any(one.name in {JSON, FORECAST} and self.figures.beside(one.name) for one in self.results.tried)

    def interval(self, name: str) -> str:
        """The interval of the gain of a variant."""
        beside = self.figures.beside(name)
        return interval(beside.times_interval if beside else None)
