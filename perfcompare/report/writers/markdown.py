"""A run as Markdown, for pull requests, and its gaps as one table for a README."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from perfcompare.core.characters import code as code
from perfcompare.models import Run
from perfcompare.report.data import formatting
from perfcompare.report.data.report import Block, CellSummary, Report
from perfcompare.report.findings import claims, exclusions, headline, verdict
from perfcompare.report.sections import anatomies, equal_load, fixed_rates, many_clients, tables

Columns = Mapping[str, Callable[[CellSummary], str]]
_COSTS: Final[Columns] = {
    "CPU µs per request": lambda cell: formatting.number(cell.figures.server_cpu_us),
    "x FastAPI: more is dearer": lambda cell: formatting.beside(cell, cell.cpu_ratio),
    "x limit": formatting.above_limit,
}
IN_TURNS: Final[Columns] = {
    **_COSTS,
    "verdict": formatting.judged,
    "requests/s and core": lambda cell: formatting.number(formatting.per_core(cell)),
    "under way": lambda cell: formatting.number(cell.figures.in_use),
    "rounds": formatting.validity,
}
AT_PEAK: Final[Columns] = {
    **_COSTS,
    "requests/s": lambda cell: formatting.number(cell.figures.goodput),
    "x FastAPI: more is faster": lambda cell: formatting.beside(cell, cell.goodput_ratio),
    "p99 ms": lambda cell: formatting.number(cell.figures.p99_ms),
    "PSS MiB": lambda cell: formatting.mebibytes(cell.figures.pss_peak_kib),
    "rounds": formatting.validity,
}


def as_markdown(_run: Run, report: Report) -> str:
    """The verdict and a table for each scenario, in the Markdown of GitHub."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: Report) -> Iterator[str]:
    label = f" {code(report.label)}" if report.label else ""
    yield f"## Performance comparison: run {report.number}{label}, {report.state}"
    yield ""
    if report.aside:
        yield from _markdown_beside(report)
        return
    yield from (f"- {sentence}" for sentence in headline.sentences(report, code))
    yield from (f"- {sentence}" for sentence in verdict.sentences(report, code))
    yield ""
    yield f"Load: {code(report.load)}. {report.certainty} {report.collections}".rstrip()
    if report.noise not in report.certainty:
        yield f"Noise floor: {report.noise}"
    yield from _markdown_claims(report)
    columns = IN_TURNS if report.in_turns else AT_PEAK
    for block in report.blocks:
        yield from _markdown_table(block, columns)
    yield from _markdown_equal(report)
    yield from _markdown_paced(report)
    yield from _markdown_anatomies(report)
    for agreement in report.agreements:
        yield f"- {code(str(agreement))}"
    for remedy in exclusions.remedies(report):
        yield f"- {code(remedy.name)} ({remedy.trials}): {remedy.known.cause} {remedy.known.way_out}"
    for trial in report.excluded:
        yield f"- excluded: {code(str(trial.cell))}, round {trial.round}: {code('; '.join(trial.reasons))}"
    for cell in report.holes:
        yield f"- not measured: {code(str(cell.cell))}: {cell.missing} of {cell.rounds} rounds"
    for stack, scenarios in report.not_offered.items():
        yield f"- not offered by {code(stack)}: {', '.join(map(code, scenarios))}"
    if report.limitless:
        yield f"- {code(report.limitless)}"


def _markdown_beside(report: Report) -> Iterator[str]:
    """A run without trials: what its command measured."""
    yield from _markdown_claims(report)
    for table in many_clients.own(report):
        yield from ("", f"### {table.title}", "")
        yield from (f"- {code(sentence)}" for sentence in table.answers)
        yield from ("", table.note)
        for name, rows in table.groups.items():
            first, *others = table.columns
            yield from ("", f"#### {code(name)}", "", *_head((first,), others))
            yield from (f"| {' | '.join(row.figures)} |" for row in rows)
            yield from ("", *(f"- {row.figures[0]}: {code(remark)}" for row in rows for remark in row.remarks))


def as_readme(_run: Run, report: Report) -> str:
    """One table for a README: the gap of every stack in every scenario, and where it was measured."""
    contenders, rows = tables.glance(report)
    lines = [
        *_head(("CPU per request",), [code(cell.name) for cell in contenders]),
        *(f"| {code(block.title)} | {' | '.join(field.text for field in fields)} |" for block, fields in rows),
        "",
        f"{_place(report)} {report.certainty}",
    ]
    return "\n".join(lines) + "\n"


def _place(report: Report) -> str:
    processor = report.facts.get("cpu_model") or "unknown processor"
    return f"Run {report.number} of {report.started_at:%Y-%m-%d} on {code(str(processor))}, {code(report.load)}."


def _markdown_claims(report: Report) -> Iterator[str]:
    rows = [row for row in claims.rows(report) if row.ratio]
    if rows:
        yield ""
        yield "| claim | claimed | measured | rounds | result |"
        yield "|---|---:|---:|---:|---|"
    for row in rows:
        yield f"| {row.claim.aspect} | {row.claim.ratio}x | {row.ratio} | {row.rounds} | {row.judgement} |"


def _markdown_table(block: Block, columns: Columns) -> Iterator[str]:
    yield ""
    yield f"### {code(block.title)}"
    yield ""
    yield from _head(("stack", "server"), columns)
    for cell in block.cells:
        names = (code(cell.cell.stack), code(cell.cell.server))
        yield f"| {' | '.join((*names, *(text(cell) for text in columns.values())))} |"
    yield ""


def _head(names: Sequence[str], figures: Iterable[str]) -> Iterator[str]:
    heads = (*names, *figures)
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(names)}{'---:|' * (len(heads) - len(names))}"


def _markdown_equal(report: Report) -> Iterator[str]:
    if report.equal_load:
        yield ""
        yield f"### {equal_load.TITLE}"
        yield ""
        yield equal_load.NOTE
    for title, rows in equal_load.lines(report):
        yield ""
        yield f"#### {code(title)}"
        yield ""
        yield from _head(("stack",), equal_load.COLUMNS)
        for name, figures in rows:
            yield f"| {code(name)} | {' | '.join(figures)} |{' |' * (len(equal_load.COLUMNS) - len(figures))}"
        yield ""


def _markdown_paced(report: Report) -> Iterator[str]:
    if report.fixed_rates:
        yield ""
        yield f"### {fixed_rates.TITLE}"
        yield ""
        yield f"{fixed_rates.NOTE}"
        yield ""
        yield from _head(("cell",), fixed_rates.COLUMNS)
        yield from (f"| {code(name)} | {' | '.join(figures)} |" for name, figures in fixed_rates.rows(report))
        yield ""


def _markdown_anatomies(report: Report) -> Iterator[str]:
    for apart in anatomies.build(report):
        names = [code(name) for name, _link in apart.heads]
        yield ""
        yield f"### Layers of {code(apart.scenario)}"
        yield ""
        yield from _head(("layer",), names)
        for title, rows in apart.groups:
            yield f"| **{title}** |{' |' * len(names)}"
            yield from (f"| {code(name)} | {' | '.join(figures)} |" for name, figures in rows)
        yield ""
        yield from (f"- {code(doubt)}" for doubt in apart.doubts)
