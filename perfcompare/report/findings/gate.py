"""A run held against a baseline: whether anything became slower, for people, for GitHub and for CI servers."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from perfcompare.core.measurement import Cell
from perfcompare.core.statistics import Verdict
from perfcompare.report.data import formatting
from perfcompare.report.data.formatting import printable
from perfcompare.report.findings.comparison import Change, Comparison
from perfcompare.report.writers.export import code


def failures(found: Comparison) -> tuple[str, ...]:
    """What must not be, in sentences: cells that became slower, and cells that have no valid figures any more."""
    slower = (change for change in found.changes if change.verdict is Verdict.SLOWER)
    return (
        *(f"{change.cell}: {_sentence(change)}" for change in slower),
        *(f"{cell}: no valid figures, so nobody knows whether it became slower." for cell in found.missing),
    )


def undecided(found: Comparison) -> tuple[Change, ...]:
    """Changes that have too few rounds for a verdict."""
    return tuple(change for change in found.changes if change.verdict is None)


def as_junit(found: Comparison) -> str:
    """One test case for each cell, as CI servers read it (https://github.com/testmoapp/junitxml)."""
    failed = len(failures(found))
    cases = len(found.changes) + len(found.missing)
    suite = Element("testsuite", name="perfcompare gate", tests=str(cases), failures=str(failed), errors="0")
    for change in found.changes:
        case = SubElement(
            suite, "testcase", classname=printable(change.cell.scenario), name=printable(str(change.cell))
        )
        if change.verdict is Verdict.SLOWER:
            SubElement(case, "failure", message=_sentence(change))
        elif change.verdict is None:
            SubElement(case, "skipped", message=_sentence(change))
    for cell in found.missing:
        SubElement(_case(suite, cell), "failure", message="no valid figures")
    indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, encoding="unicode") + "\n"


def _case(suite: Element, cell: Cell) -> Element:
    return SubElement(suite, "testcase", classname=printable(cell.scenario), name=printable(str(cell)))


def as_markdown(found: Comparison) -> str:
    """The verdict and a table, in the Markdown of GitHub."""
    return "\n".join(_markdown(found)) + "\n"


def _markdown(found: Comparison) -> Iterator[str]:
    failed = failures(found)
    yield f"## Performance gate: {f'{len(failed)} failed' if failed else 'passed'}"
    yield ""
    yield f"A change of CPU time per request counts beyond {found.floor:.1%}."
    yield ""
    yield "| cell | before | after | ratio | verdict |"
    yield "|---|---:|---:|---:|---|"
    for change in found.changes:
        unit = "x FastAPI" if change.relative else "µs"
        figures = (f"{formatting.number(value)} {unit}" for value in (change.before, change.after))
        said = change.verdict or "not judged"
        yield f"| {code(str(change.cell))} | {' | '.join(figures)} | {_ratio(change)} | {said} |"
    for cell in found.missing:
        yield f"| {code(str(cell))} |  | no valid figures |  | failed |"
    if found.unlike or found.software:
        yield ""
        yield from (f"- differs: {code(difference)}" for difference in (*found.unlike, *found.software))


def _sentence(change: Change) -> str:
    if change.verdict is None:
        return f"{_ratio(change)} as dear as before, with fewer than three valid rounds: not judged."
    return f"{_ratio(change)} as dear as before: {change.verdict}."


def _ratio(change: Change) -> str:
    text = f"{formatting.number(change.ratio)}x"
    if change.interval is None:
        return text
    return f"{text} [{formatting.number(change.interval.low)}, {formatting.number(change.interval.high)}]"
