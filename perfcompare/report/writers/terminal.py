"""A report as plain text that fits 120 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from perfcompare.report.data import formatting
from perfcompare.report.data.report import Block, CellSummary, Excluded, Report
from perfcompare.report.data.words import LINE, fitted, many
from perfcompare.report.findings import claims, headline, verdict
from perfcompare.report.sections import equal_load, fixed_rates, many_clients

WIDTH: Final = LINE
BOLD, DIM, RED, GREEN, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[0m"
Paint = Callable[[str, str], str]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the table."""

    head: tuple[str, str]
    width: int
    text: Callable[[CellSummary], str]
    left: bool = False

    def fit(self, text: str) -> str:
        """The text at exactly the column's width; what does not fit is cut and ends in `…`."""
        short = text if len(text) <= self.width else f"{text[: self.width - 1]}…"
        return short.ljust(self.width) if self.left else short.rjust(self.width)


_COSTS: Final = (
    Column(head=("", "stack"), width=21, text=lambda cell: formatting.printable(cell.cell.stack), left=True),
    Column(head=("", "server"), width=16, text=lambda cell: formatting.printable(cell.cell.server), left=True),
    Column(head=("CPU µs", "per req."), width=8, text=lambda cell: formatting.number(cell.figures.server_cpu_us)),
    Column(head=("x FastAPI:", "more is dearer"), width=18, text=lambda cell: formatting.beside(cell, cell.cpu_ratio)),
    Column(
        head=("", "verdict"),
        width=13,
        text=formatting.judged,
        left=True,
    ),
)
IN_TURNS: Final = (
    *_COSTS,
    Column(head=("x the", "limit"), width=6, text=formatting.above_limit),
    Column(head=("per s", "and core"), width=9, text=lambda cell: formatting.number(formatting.per_core(cell))),
    Column(head=("under", "way"), width=6, text=lambda cell: formatting.number(cell.figures.in_use)),
    Column(head=("valid", "rounds"), width=6, text=formatting.validity),
)
AT_PEAK: Final = (
    *_COSTS,
    Column(head=("requests", "per s"), width=9, text=lambda cell: formatting.number(cell.figures.goodput)),
    Column(head=("p50", "ms"), width=7, text=lambda cell: formatting.number(cell.figures.p50_ms)),
    Column(head=("p99", "ms"), width=7, text=lambda cell: formatting.number(cell.figures.p99_ms)),
    Column(head=("PSS", "MiB"), width=6, text=lambda cell: formatting.mebibytes(cell.figures.pss_peak_kib)),
    Column(head=("valid", "rounds"), width=6, text=formatting.validity),
)
_EQUAL_WIDTHS: Final = tuple(zip(equal_load.COLUMNS, (9, 9, 9, 20, 12), strict=True))
_EQUAL_NAME: Final = 42
NAMES: Final = 1
"""How many columns after the first say which cell it is."""


def render(report: Report, *, colour: bool = False) -> str:
    """The report as lines; `colour` adds the escape sequences of a terminal."""
    paint: Paint = (lambda text, code: f"{code}{text}{PLAIN}") if colour else (lambda text, _code: text)
    return "\n".join(_lines(report, paint))


def _lines(report: Report, paint: Paint) -> Iterator[str]:
    yield from (paint(line, BOLD) for line in _wrapped(_title(report), indent=""))
    if report.aside:
        yield from _beside(report, paint)
        return
    yield from _wrapped(f"Load: {report.load}. {report.certainty} {report.collections}".rstrip(), indent="")
    for block in report.blocks:
        yield ""
        yield from (paint(line, BOLD) for line in _wrapped(f"{block.title}: {block.summary}".rstrip(": "), indent=""))
        yield from _table(block, IN_TURNS if report.in_turns else AT_PEAK, paint)
    yield from _equal(report, paint)
    yield from _paced(report, paint)
    yield from _excluded(report, paint)
    yield from _holes(report)
    yield from _not_offered(report)
    yield from _limitless(report)
    for agreement in report.agreements:
        yield from ("", *_wrapped(str(agreement), indent=""))
    yield ""
    # last, since that is what stands above the prompt
    for sentence in (*verdict.sentences(report), *headline.sentences(report)):
        yield from _wrapped(sentence, indent="")


def _beside(report: Report, paint: Paint) -> Iterator[str]:
    """A run without trials: what its command measured."""
    tables = many_clients.own(report)
    for one in claims.rows(report):
        if one.ratio and not tables:
            said = f"{one.claim.aspect} ({one.source}): FastAPI {one.fastapi}, DRF {one.drf}, {one.ratio}"
            yield from _wrapped(said, indent="")
    for table in tables:
        yield ""
        yield paint(table.title, BOLD)
        for sentence in table.answers:
            yield from _wrapped(sentence, indent="")
        yield from _wrapped(table.note, indent="")
        for name, rows in table.groups.items():
            yield ""
            yield from (paint(line, BOLD) for line in _wrapped(name, indent=""))
            yield from _columns(table.columns, [row.figures for row in rows], paint)
            for row in rows:
                for remark in row.remarks:
                    yield from _wrapped(f"{row.figures[0]}: {remark}")


def _columns(heads: Sequence[str], rows: Sequence[Sequence[str]], paint: Paint) -> Iterator[str]:
    """The lines of a table, indented; its head has two."""
    halves = [_halved(head) for head in heads]
    widths = [max(map(len, (*words, *figures)), default=0) for words, *figures in zip(halves, *rows, strict=True)]

    def line(words: Iterable[str]) -> str:
        return "  " + "  ".join(f"{word:>{width}}" for word, width in zip(words, widths, strict=True))

    yield from (paint(line(words), DIM) for words in zip(*halves, strict=True))
    yield from map(line, rows)


def _halved(head: str) -> tuple[str, str]:
    """Its words in two lines, as short as can be."""
    words = head.split()
    splits = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words))]
    return min(splits, key=lambda pair: max(map(len, pair)))


def _title(report: Report) -> str:
    label = f" ({report.label})" if report.label else ""
    compared = f", compared with {report.reference}" if report.reference else ""
    return f"Run {report.number}{label}, {report.state}{compared}"


def _table(block: Block, columns: Sequence[Column], paint: Paint) -> Iterator[str]:
    first, *others = columns
    spare = WIDTH - sum(column.width for column in columns) - len(others)
    longest = max((len(first.text(cell)) for cell in block.cells), default=0)
    first = replace(first, width=max(first.width, min(longest, first.width + spare)))
    for line in range(2):
        yield paint(" ".join(column.fit(column.head[line]) for column in (first, *others)).rstrip(), DIM)
    for cell in block.cells:
        yield from _row(cell, first, others, paint)


def _row(cell: CellSummary, first: Column, others: Sequence[Column], paint: Paint) -> Iterator[str]:
    *above, last = fitted(first.text(cell), first.width)
    shown = others if cell.valid else others[:NAMES]
    line = " ".join([last, *(column.fit(column.text(cell)) for column in shown)])
    if not cell.valid:
        yield from (*above, f"{line} {paint(why_empty(cell), RED)}")
        return
    yield from (paint(one, GREEN) if cell.reference else one for one in (*above, line.rstrip()))


def why_empty(cell: CellSummary) -> str:
    """Why a cell has no valid figures, in a few words."""
    visited = f" ({cell.visited} of {cell.rounds} rounds visited)" if cell.visited else ""
    return f"{formatting.absence(cell)}{visited}"


def _equal(report: Report, paint: Paint) -> Iterator[str]:
    if report.equal_load:
        yield ""
        yield paint(equal_load.TITLE, BOLD)
        yield from _wrapped(equal_load.NOTE, indent="")
    for title, rows in equal_load.lines(report):
        yield ""
        yield from (paint(line, BOLD) for line in _wrapped(title, indent=""))
        yield paint(" ".join([" " * _EQUAL_NAME, *(f"{head:>18}"[-width:] for head, width in _EQUAL_WIDTHS)]), DIM)
        for name, figures in rows:
            shown = " ".join(f"{one:>{width}}" for one, (_head, width) in zip(figures, _EQUAL_WIDTHS, strict=False))
            text = shown if len(figures) > 1 else paint(figures[0], RED)
            *above, last = fitted(formatting.printable(name), _EQUAL_NAME)
            yield from above
            yield f"{last} {text}".rstrip()


def _paced(report: Report, paint: Paint) -> Iterator[str]:
    if report.fixed_rates:
        yield ""
        yield paint(fixed_rates.TITLE, BOLD)
        yield from _wrapped(fixed_rates.NOTE, indent="")
        yield paint(" ".join(f"{head:>14}" for head in fixed_rates.COLUMNS), DIM)
    for name, figures in fixed_rates.rows(report):
        yield from _wrapped(name, indent="")
        yield " ".join(f"{figure:>14}" for figure in figures)


def _excluded(report: Report, paint: Paint) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Excluded]] = {}
    for trial in report.excluded:
        for code in ["no figures"] if trial.failed else [one.code for one in trial.objections]:
            groups.setdefault((trial.spoiled, code), []).append(trial)
    if groups:
        yield ""
        yield paint("Not used (the page lists each trial and the way out):", BOLD)
    for (spoiled, code), trials in sorted(groups.items(), key=lambda group: -len(group[1])):
        first = next((one.sentence for one in trials[0].objections if one.code == code), trials[0].error)
        times = many(len(trials), "trial")
        yield from _wrapped(f"{spoiled} of {times}, {code}; the first, {trials[0].cell}: {first}")


def _holes(report: Report) -> Iterator[str]:
    if report.holes:
        yield ""
        yield "Planned and not measured:"
    for cell in report.holes:
        yield from _wrapped(f"{cell.cell}: {cell.missing} of {cell.rounds} rounds")


def _not_offered(report: Report) -> Iterator[str]:
    if report.not_offered:
        yield ""
    for stack, scenarios in report.not_offered.items():
        yield from _wrapped(f"Not offered by {stack}: {', '.join(scenarios)}")


def _limitless(report: Report) -> Iterator[str]:
    if report.limitless and report.in_turns:  # otherwise the table has no such column
        yield from ("", *_wrapped(report.limitless, indent=""))


def _wrapped(text: str, indent: str = "  ") -> Sequence[str]:
    return textwrap.wrap(formatting.printable(text), WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ")
