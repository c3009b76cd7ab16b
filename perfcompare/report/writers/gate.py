"""The gate's result for CI servers, as JUnit XML, and for GitHub, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from perfcompare.core.measurement import Cell
from perfcompare.core.statistics import Verdict
from perfcompare.report.data import formatting
from perfcompare.report.data.formatting import printable
from perfcompare.report.findings.comparison import Comparison
from perfcompare.report.findings.gate import failures, sentence
from perfcompare.report.writers.markdown import code


def as_junit(found: Comparison) -> str:
    """One test case for each cell, as CI servers read it (https://github.com/testmoapp/junitxml)."""
    failed = len(failures(found))
    cases = len(found.changes) + len(found.missing)
    suite = Element("testsuite", name="perfcompare gate", tests=str(cases), failures=str(failed), errors="0")
    for change in found.changes:
        case = _case(suite, change.cell)
        if change.verdict is Verdict.SLOWER:
            SubElement(case, "failure", message=sentence(change))
        elif change.verdict is None:
            SubElement(case, "skipped", message=sentence(change))
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
        before, after = (f"{formatting.number(value)} {change.unit}" for value in (change.before, change.after))
        ratio = formatting.times(change.ratio, change.interval)
        yield f"| {code(str(change.cell))} | {before} | {after} | {ratio} | {change.verdict or 'not judged'} |"
    for cell in found.missing:
        yield f"| {code(str(cell))} |  | no valid figures |  | failed |"
    if found.unlike or found.software:
        yield ""
        yield from (f"- differs: {code(difference)}" for difference in (*found.unlike, *found.software))
