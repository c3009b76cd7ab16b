"""What `watching` calls a fault."""

from __future__ import annotations

from typing import Any

import pytest

from perfcompare.core.http import Request
from perfcompare.project.audit.child import WorkerError
from tests.matrix import watching

ANSWERS: dict[str, Any] = {
    "answer": {"status": 200},
    "split": {"statuses": [200]},
    "look": {"status": 200, "raised": [], "statements": [{}], "instances": {"a": 1}},
}


class Child:
    """A worker that answers as it is told."""

    def __init__(self, answers: Any) -> None:
        self.answers = answers

    def ask(self, do: str, **_question: Any) -> Any:
        if self.answers[do] is None:
            raise WorkerError("ended")
        return self.answers[do]


@pytest.mark.parametrize(
    ("path", "changed", "fault"),
    [
        ("drf/a/", {}, None),
        ("drf/a/", {"look": {"status": 500, "raised": ["TypeError: from_db()"]}}, "500 ['TypeError: from_db()']"),
        ("drf/a/", {"split": {"statuses": [200, 500]}}, "split into parts [200, 500]"),
        ("drf/a/", {"look": {**ANSWERS["look"], "instances": {}}}, "the instances {} were seen"),
        ("hello/", {"look": {**ANSWERS["look"], "statements": [], "instances": {}}}, None),
        ("drf/a/", {"look": None}, "ended"),
    ],
)
def test_another_status_and_nothing_seen_are_faults(path: str, changed: dict[str, Any], fault: str | None) -> None:
    child: Any = Child({**ANSWERS, **changed})
    found = [*watching._audited(child, 0, Request(path=path))]
    assert not found if fault is None else fault in found[0]
