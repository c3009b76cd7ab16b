"""Requests taken apart, drawn as bars of their layers: the server's own part, then the application's from sampling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from perfcompare.anatomy import layers
from perfcompare.core.target import Catalog
from perfcompare.models.side_results import Anatomy
from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Bar
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import kind
from perfcompare.report.data.labels import pair_label
from perfcompare.report.data.report import Report
from perfcompare.report.sections.cells import Link, no_link

OWN: Final = "server, parsing and sockets"
"""What the cell costs under its server beyond what the application costs without one."""
PARTS: Final = (OWN, *(layer for layer in layers.LAYERS if layer != layers.SERVER))
"""What a bar is made of, from the left. Samples of the server's layer belong to the server's part."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    """The cells of one scenario: the drawing and the table behind it."""

    scenario: str
    drawing: SafeString
    keys: tuple[tuple[int, str], ...]
    """Number and name of each part that the drawing has."""
    heads: tuple[tuple[str, str], ...]
    """Each cell with the way to its profile."""
    groups: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]
    """Of the table: the title of some rows, and each row's name with a figure for each cell."""
    doubts: tuple[str, ...]
    """What must be known before the bars are believed, in sentences."""


def build(report: Report, link: Link = no_link) -> tuple[Apart, ...]:
    """One for each scenario of which cells were taken apart, the cheapest cell first."""
    scenarios = dict.fromkeys(one.cell.scenario for one in report.anatomies)
    return tuple(_apart(report.catalog, name, _of(report, name), link) for name in scenarios)


def _of(report: Report, scenario: str) -> list[Anatomy]:
    return sorted((one for one in report.anatomies if one.cell.scenario == scenario), key=lambda one: one.under_server)


def _apart(catalog: Catalog, scenario: str, found: Sequence[Anatomy], link: Link) -> Apart:
    costs = [_parts(one) for one in found]
    bars = [_bar(catalog, one, cost, link) for one, cost in zip(found, costs, strict=True)]
    return Apart(
        scenario=formatting.printable(scenario),
        drawing=plots.bars(f"CPU per request, layer by layer; {formatting.printable(scenario)}", bars),
        keys=tuple((number, part) for number, part in enumerate(PARTS) if any(cost[part] for cost in costs)),
        heads=tuple((_name(catalog, one), link(one.cell)) for one in found),
        groups=tuple(_groups(found)),
        doubts=tuple(_doubts(catalog, found)),
    )


def _name(catalog: Catalog, one: Anatomy) -> str:
    return formatting.printable(pair_label(catalog, one.cell.stack, one.cell.server))


def _parts(one: Anatomy) -> Mapping[str, float]:
    """Nothing is drawn shorter than nothing: noise can make a difference negative."""
    sampled = {part.name: part.cpu_us for part in one.layers}
    own = one.under_server - one.in_process + sampled.get(layers.SERVER, 0.0)
    return {OWN: max(own, 0.0), **{layer: max(sampled.get(layer, 0.0), 0.0) for layer in PARTS[1:]}}


def _bar(catalog: Catalog, one: Anatomy, costs: Mapping[str, float], link: Link) -> Bar:
    return Bar(
        name=_name(catalog, one),
        figure=f"{formatting.number(one.under_server)} µs",
        value=sum(costs.values()),
        parts=tuple(costs.values()),
        names=tuple(f"{part}: {formatting.number(cost)} µs" for part, cost in costs.items()),
        kind=kind(catalog, one.cell.stack).value,
        link=link(one.cell),
        data={"stack": formatting.printable(one.cell.stack), "server": formatting.printable(one.cell.server)},
    )


def _groups(found: Sequence[Anatomy]) -> Iterator[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]]:
    sampled = [{part.name: part.cpu_us for part in one.layers} for one in found]
    differing = [{part.name: part.cpu_us for part in one.by_difference} for one in found]
    known = [layer for layer in layers.LAYERS if any(layer in one for one in sampled)]
    yield (
        "CPU microseconds per request",
        (
            ("under its server", tuple(formatting.number(one.under_server) for one in found)),
            ("of these valid trials", tuple(str(one.valid) for one in found)),
            ("a bare callable on that server", tuple(formatting.number(one.floor) for one in found)),
            ("the application without a server", tuple(formatting.number(one.in_process) for one in found)),
        ),
    )
    yield "Of the application, by sampling", tuple(_line(layer, sampled) for layer in known)
    yield (
        "Of the application, by difference",
        tuple(_line(name, differing) for name in dict.fromkeys(name for one in differing for name in one)),
    )
    yield (
        "Beside these",
        (
            ("the two ways disagree by at most", tuple(f"{one.disagreement:.0%}" for one in found)),
            ("thread hops per request", tuple(f"{one.hops:g}" for one in found)),
            ("threads started per request", tuple(f"{one.threads:g}" for one in found)),
            ("SQL statements per request", tuple(f"{one.statements:g}" for one in found)),
        ),
    )


def _line(name: str, costs: Sequence[Mapping[str, float]]) -> tuple[str, tuple[str, ...]]:
    return name, tuple(formatting.number(cost.get(name)) for cost in costs)


def _doubts(catalog: Catalog, found: Sequence[Anatomy]) -> Iterator[str]:
    if invalid := [_name(catalog, one) for one in found if not one.valid]:
        yield (
            f"No trial was valid of {', '.join(invalid)}: do not rely on the server's part. What the "
            "application takes was measured apart from the trials."
        )
    for one in found:
        if one.in_process > one.under_server:
            name = _name(catalog, one)
            yield f"{name}: it took less under its server than without one, which is noise. Measure again."
