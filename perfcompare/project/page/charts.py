"""The pictures of the page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from django.utils.safestring import SafeString

from perfcompare.core.characters import printable
from perfcompare.core.statistics import Interval, Verdict
from perfcompare.project.forecast.application import BARE, FORECAST, JSON
from perfcompare.project.page.findings import Findings, gain, verdict
from perfcompare.project.target import AS_IS
from perfcompare.project.trying.figures import Beside
from perfcompare.project.trying.results import Tried
from perfcompare.project.trying.together import LEVERS, SETTINGS
from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Bar
from perfcompare.report.data.words import number

MS = 1000
"""Microseconds."""
_SHORT = {JSON: "a port without your logic", FORECAST: "a perfect port, at most"}
_KINDS = {AS_IS: "plain", SETTINGS: "settings", LEVERS: "tuned", JSON: "other", FORECAST: "reference", BARE: "floor"}


def hero(found: Findings) -> SafeString | None:
    """What a request of the traffic costs: each variant of the answer."""
    costs = {one.name: found.figures.weighted(one.name) for one in found.ladder}
    base = costs.get(AS_IS)
    if base is None:
        return None
    rows = [
        _whole(found, one, cost, base, None if one.name == AS_IS else found.figures.beside(one.name))
        for one in found.ladder
        if (cost := costs[one.name]) is not None
    ]
    return plots.bars("CPU per request of the traffic", rows)


def alone(found: Findings) -> SafeString | None:
    """What each change leaves of the cost, beside the project as it is."""
    rows = [
        Bar(
            name=printable(one.label),
            figure=verdict(beside),
            ratio=gain(beside),
            value=beside.ratio,
            interval=beside.interval,
            kind={Verdict.FASTER: "gain", Verdict.SLOWER: "loss"}.get(beside.verdict, "other")
            if beside.verdict
            else "other",
        )
        for one in found.alone
        if (beside := found.figures.beside(one.name)) is not None
    ]
    return (
        plots.bars("CPU per request of the traffic beside the project as it is, each change alone", rows)
        if rows
        else None
    )


def waterfalls(found: Findings) -> Iterator[tuple[str, str, SafeString]]:
    """For each request: its name, its method and path, and the steps from the project as it is to the bounds."""
    paths = {one.name: f"{one.method} {one.path}" for one in found.results.requests}
    for name in found.request_names:
        yield name, paths[name], plots.bars(f"CPU per request, step by step; {name}", list(_steps(found, name)))


def _steps(found: Findings, request: str) -> Iterator[Bar]:
    costs = [(one, cost) for one in found.ladder if (cost := _cost(found, one.name, request)) is not None]
    base = costs[0][1]
    yield _whole(found, *costs[0], base, None)
    steps = [pair for pair in costs if pair[0].name in {AS_IS, SETTINGS, LEVERS}]
    for (below, before), (one, after) in pairwise(steps):
        beside = found.figures.of_request(one.name, request, other=below.name)
        nothing = beside is not None and beside.verdict is Verdict.NO_DIFFERENCE
        yield Bar(
            name=found.said(one),
            figure=f"{(after - before) / MS:+.2f} ms",
            ratio=f"{gain(beside)}{', no difference' if nothing else ''}",
            start=min(before, after) / MS,
            value=max(before, after) / MS,
            kind="other" if nothing else "gain" if after <= before else "loss",
        )
    if len(steps) > 1:
        last, cost = steps[-1]
        yield _whole(found, last, cost, base, found.figures.of_request(last.name, request), name="what is left")
    for one, cost in costs:
        if one.name in {JSON, FORECAST, BARE}:
            yield _whole(found, one, cost, base, found.figures.of_request(one.name, request))


def _cost(found: Findings, variant: str, request: str) -> float | None:
    """The cost as it is, times the ratio, so that a step is what was compared within a round."""
    base = found.figures.cost(AS_IS, request)
    if variant == AS_IS or base is None:
        return base
    beside = found.figures.of_request(variant, request)
    return base * beside.ratio if beside else None


def _whole(found: Findings, one: Tried, cost: float, base: float, beside: Beside | None, *, name: str = "") -> Bar:
    bounds = beside.interval if beside else None
    return Bar(
        name=name or _SHORT.get(one.name, found.said(one)),
        figure=f"{number(cost / MS)} ms",
        ratio=gain(beside) if beside else "1.0x",
        value=cost / MS,
        interval=bounds
        and Interval(low=bounds.low * base / MS, middle=bounds.middle * base / MS, high=bounds.high * base / MS),
        kind=_KINDS.get(one.name, "plain"),
    )
