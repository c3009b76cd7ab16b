"""The gate's result as JUnit XML and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from perfcompare.core.characters import printable
from perfcompare.project.trying.gate import Change


def junit(found: Sequence[Change]) -> str:
    """One test case for each request."""
    failed = sum(bool(one.failures) for one in found)
    suite = Element("testsuite", name="perfcompare gate", tests=str(len(found)), failures=str(failed), errors="0")
    for one in found:
        case = SubElement(suite, "testcase", classname="perfcompare", name=printable(one.request))
        if one.failures:
            SubElement(case, "failure", message=" ".join(one.failures))
    indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suite, encoding="unicode")}\n'


def markdown(found: Sequence[Change]) -> str:
    """A table, in the Markdown of GitHub."""
    failed = sum(bool(one.failures) for one in found)
    rows = [
        f"| {_cell(one.request)} | {'failed' if one.failures else 'passed'} | {_cell(_said(one))} |" for one in found
    ]
    title = f"## Performance gate: {f'{failed} failed' if failed else 'passed'}"
    return "\n".join([title, "", "| request | result | what changed |", "|---|---|---|", *rows]) + "\n"


def lines(found: Sequence[Change]) -> str:
    """For a terminal."""
    return "\n".join(f"{'failed' if one.failures else 'passed'}  {one.request}  {_said(one)}".rstrip() for one in found)


def _said(one: Change) -> str:
    return " ".join([*one.failures, *one.notes])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
