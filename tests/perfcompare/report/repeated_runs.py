"""Do runs agree? `python -m tests.perfcompare.report.repeated_runs 1 2 3 4 5` prints Markdown about stored runs.

For each cell its ratio to FastAPI and its verdict in every run, and whether the verdicts agree wherever the ratio is
beyond 1.15 or below 0.87.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from perfcompare.core.errors import PerfcompareError
from perfcompare.services import environment

FAR: Final = (0.87, 1.15)


def main(numbers: Sequence[str]) -> None:
    """Print the tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    with environment.provided(os.environ):
        import django

        django.setup()
        sys.stdout.write("\n".join(_lines(numbers)) + "\n")


def _lines(numbers: Sequence[str]) -> Iterator[str]:
    from perfcompare.core.objection import Figure
    from perfcompare.models import Run
    from perfcompare.report.data import formatting
    from perfcompare.report.data.collection import collect
    from perfcompare.report.data.ratios import Ratio

    found: dict[tuple[str, str], dict[str, Ratio | None]] = defaultdict(dict)
    yield "| run | minutes | costs | valid | noise floor | windows at equal load | valid |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for number in numbers:
        run = Run.objects.called(number)
        rows = run.judged()
        costs, windows = ([row for row in rows if (row.share > 0) is paced] for paced in (False, True))
        if run.ended_at is None or not costs:
            raise PerfcompareError(f"{run} has not ended, or holds nothing.")
        report = collect(run)
        minutes = (run.ended_at - run.started_at).total_seconds() / 60
        good = sum(row.usable(Figure.COST) for row in costs)
        kept = sum(row.usable(Figure.LATENCY) for row in windows)
        floor = formatting.NOTHING if report.floors.cpu is None else f"{report.floors.cpu:.1%}"
        yield f"| {run.pk} | {minutes:.1f} | {len(costs)} | {good / len(costs):.0%} | {floor} | {len(windows)} | " + (
            f"{kept / len(windows):.0%} |" if windows else "- |"
        )
        for block in report.blocks:
            for cell in block.cells:
                if not cell.reference:
                    found[block.title, cell.cell.stack][number] = cell.cpu_ratio
    yield ""
    yield f"| scenario | stack | {' | '.join(f'run {number}' for number in numbers)} | verdicts |"
    yield f"|---|---|{'---:|' * len(numbers)}---|"
    disagreeing = 0
    for (scenario, stack), ratios in found.items():
        shown = [formatting.ratio(ratios.get(number)) for number in numbers]
        said = _said(ratios)
        disagreeing += said.startswith("**")
        yield f"| {scenario} | {stack} | {' | '.join(shown)} | {said} |"
    yield ""
    yield f"Cells whose verdicts disagree although their ratio is beyond {FAR[1]} or below {FAR[0]}: {disagreeing}."


def _said(ratios: Mapping[str, object]) -> str:
    from perfcompare.core.statistics import median
    from perfcompare.report.data import formatting
    from perfcompare.report.data.ratios import Ratio

    known = [ratio for ratio in ratios.values() if isinstance(ratio, Ratio)]
    verdicts = {formatting.verdict(ratio) for ratio in known}
    middle = median([ratio.value for ratio in known]) if known else 1.0
    if len(verdicts) == 1 and len(known) == len(ratios):
        return next(iter(verdicts))
    near = FAR[0] <= middle <= FAR[1]
    listed = ", ".join(sorted(verdicts)) or "none"
    return listed if near else f"**{listed}**"


if __name__ == "__main__":
    main(sys.argv[1:])
