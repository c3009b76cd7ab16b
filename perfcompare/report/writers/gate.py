"""The gate's result for CI servers, as JUnit XML, and for GitHub, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from perfcompare.core.junit import Case, document
from perfcompare.core.statistics import Verdict
from perfcompare.report.data import formatting
from perfcompare.report.findings.comparison import Comparison
from perfcompare.report.findings.gate import failures, sentence
from perfcompare.report.writers.markdown import code


def as_junit(found: Comparison) -> str:
    """One test case for each cell."""
    changes = [
        Case(
            group=change.cell.scenario,
            name=str(change.cell),
            failure=sentence(change) if change.verdict is Verdict.SLOWER else "",
            skipped=sentence(change) if change.verdict is None else "",
        )
        for change in found.changes
    ]
    missing = [Case(group=cell.scenario, name=str(cell), failure="no valid figures") for cell in found.missing]
    return document("perfcompare gate", [*changes, *missing])


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
