"""A recommendation as a page shows it: its costs and savings as rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.report import Report
from perfcompare.report.findings.costs import Requirements
from perfcompare.report.findings.recommendation import Advice, recommend


def context(report: Report, requirements: Requirements) -> dict[str, Any]:
    """What the templates need: `advice`, `rate`, `shares`, `target_ms`, `cost_rows`, `holes` and `saving_rows`."""
    advice = recommend(report, requirements)
    shares = {**advice.costs.compared, **advice.costs.left_out}
    return {
        "advice": advice,
        "rate": f"{requirements.rate:,.0f}",
        "shares": [(name, f"{share:.0%}") for name, share in shares.items()],
        "target_ms": "" if requirements.p99_ms is None else f"{requirements.p99_ms:g}",
        "cost_rows": list(_costs(advice)),
        "holes": [f"{name}: not known on {', '.join(missing)}" for name, missing in advice.costs.unknown.items()],
        "saving_rows": list(_savings(advice)),
    }


def _costs(advice: Advice) -> Iterator[Mapping[str, Any]]:
    for cost in advice.costs.stacks:
        yield {
            "label": cost.label,
            "stack": cost.stack,
            "reference": cost.kind is Kind.REFERENCE,
            "cores": formatting.number(cost.cores.middle),
            "interval": formatting.interval(cost.cores)
            if cost.sure and cost.kind is not Kind.REFERENCE
            else formatting.NOTHING,
            "memory": formatting.number(cost.memory_mib),
            "p99": formatting.number(max((one for one in cost.p99_ms.values() if one is not None), default=None)),
            "slow": ", ".join(cost.slow),
        }


def _savings(advice: Advice) -> Iterator[Mapping[str, Any]]:
    for saving in advice.savings:
        yield {
            "lever": saving.lever,
            "scenarios": ", ".join(saving.scenarios),
            "cores": formatting.number(saving.cores.middle),
            "interval": formatting.interval(saving.cores),
            "proven": f"in {saving.proven} of {len(saving.scenarios)}",
        }
