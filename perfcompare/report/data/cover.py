"""How much of a run's traffic some of its scenarios are, by the scenarios' weights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from perfcompare.registries import scenarios
from perfcompare.report.data.report import Report


def weights(report: Report) -> Mapping[str, float]:
    """The scenarios of the run with their own weights; those that are not (or no longer) known have none."""
    names = dict.fromkeys(block.scenario for block in report.blocks)
    return {name: float(scenario.weight) for name in names if (scenario := scenarios.get(name))}


def share(names: Iterable[str], traffic: Mapping[str, float]) -> float | None:
    """Of `traffic`, what these scenarios are; None when nothing of it has a weight."""
    total = sum(traffic.values())
    return sum(traffic.get(name, 0.0) for name in set(names)) / total if total else None


def said(names: Collection[str], traffic: Mapping[str, float]) -> str:
    """`all of the traffic`, `83% of the traffic`; nothing where it is not known."""
    found = share(names, traffic)
    if found is None:
        return ""
    return "all of the traffic" if set(traffic) <= set(names) else f"{found:.0%} of the traffic"
