"""JUnit XML, as CI servers read it (https://github.com/testmoapp/junitxml)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from perfcompare.core.characters import printable


@dataclass(frozen=True, kw_only=True)
class Case:
    """One test case: passed, unless it has a failure or was skipped."""

    group: str
    name: str
    failure: str = ""
    details: str = ""
    """The failure at length."""
    skipped: str = ""
    """Why there is no result."""


def document(suite: str, cases: Sequence[Case]) -> str:
    """The cases as one test suite. Characters that XML does not allow are replaced."""
    failed = sum(bool(one.failure) for one in cases)
    root = Element("testsuite", name=suite, tests=str(len(cases)), failures=str(failed), errors="0")
    for one in cases:
        case = SubElement(root, "testcase", classname=printable(one.group), name=printable(one.name))
        if one.failure:
            SubElement(case, "failure", message=one.failure).text = one.details or None
        elif one.skipped:
            SubElement(case, "skipped", message=one.skipped)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"
