from __future__ import annotations

from xml.etree.ElementTree import fromstring

from perfcompare.core.junit import Case, document


def test_a_case_passes_fails_or_is_skipped() -> None:
    cases = [
        Case(group="a", name="well"),
        Case(group="a", name="badly", failure="dearer", details="dearer\nby 5 %"),
        Case(group="b", name="not at all", skipped="one round"),
    ]

    suite = fromstring(document("gate", cases))  # noqa: S314 - it is our own

    assert dict(suite.attrib) == {"name": "gate", "tests": "3", "failures": "1", "errors": "0"}
    well, badly, skipped = suite
    assert [*well] == []
    assert (badly[0].tag, badly[0].attrib, badly[0].text) == ("failure", {"message": "dearer"}, "dearer\nby 5 %")
    assert (skipped[0].tag, skipped[0].attrib) == ("skipped", {"message": "one round"})
