"""The gate's result as JUnit XML and as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from perfcompare.core.characters import table_cell
from perfcompare.core.junit import Case, document
from perfcompare.project.trying import gate
from perfcompare.project.trying.gate import Change


def junit(found: Sequence[Change]) -> str:
    """One test case for each request."""
    return document(
        "perfcompare gate",
        [
            Case(
                group="perfcompare",
                name=one.request,
                failure=" ".join(one.failures),
                skipped=_said(one) if one.result == gate.NOT_JUDGED else "",
            )
            for one in found
        ],
    )


def markdown(found: Sequence[Change]) -> str:
    """A table, in the Markdown of GitHub."""
    numbers = Counter(one.result for one in found)
    rows = [f"| {table_cell(one.request)} | {one.result} | {table_cell(_said(one))} |" for one in found]
    title = f"## Performance gate: {', '.join(f'{number} {result}' for result, number in numbers.items())}"
    return "\n".join([title, "", "| request | result | what changed |", "|---|---|---|", *rows]) + "\n"


def lines(found: Sequence[Change]) -> str:
    """For a terminal."""
    return "\n".join(f"{one.result}  {one.request}  {_said(one)}".rstrip() for one in found)


def _said(one: Change) -> str:
    return " ".join([*one.failures, *one.notes])
