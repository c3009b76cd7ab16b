"""Counts the statements of each request on the way to the project's PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.measurement import Cell
from perfcompare.core.stack import original
from perfcompare.project.target import ProjectTarget
from perfcompare.project.trying.results import Counted
from perfcompare.runner.work_counter import WorkCounter


def count(
    target: ProjectTarget, names: Sequence[str], requests: Sequence[str], *, url: str, folder: Path
) -> Iterator[Counted]:
    """What one request makes happen, for each variant that can be counted.

    `url` is that of the project's database. A proxy stands in its place, so that nothing in the project counts. A
    variant that does not answer through the proxy is left out.
    """
    counter, through = WorkCounter(), replace(target, environ={"DATABASE_URL": url})
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        server = target.variants[original(name)].server
        cells = [Cell(scenario=request, stack=name, server=server, concurrency=1) for request in requests]
        counter.count(cells, through, folder=folder, seed=0)
        for cell in cells:
            with suppress(PerfcompareError):
                work = counter.of(cell)
                if work is not None:
                    yield Counted(
                        variant=name,
                        request=cell.scenario,
                        statements=work.statements,
                        body_bytes=work.body_bytes,
                    )
