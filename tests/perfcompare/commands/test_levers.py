"""`manage.py perfcompare levers`: what each lever is doing, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator

import django
import pytest

from perfcompare.core.versions import Range
from perfcompare.levers import _status
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Tally
from perfcompare.levers._status import State
from perfcompare.levers.compiled_queries import reads
from perfcompare.levers.compiled_queries.install import INSTALLATION as QUERIES
from perfcompare.registries import levers
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.levers.installed import installed


@pytest.fixture(autouse=True)
def _only_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of other levers in this process have loaded theirs."""
    whole = _status.status

    def status(project: Project) -> dict[str, _status.LeverStatus]:
        return {name: one if name == QUERIES.lever else _unused(name) for name, one in whole(project).items()}

    monkeypatch.setattr(_status, "status", status)


def _unused(name: str) -> _status.LeverStatus:
    return _status.LeverStatus(name=name, state=State.UNUSED)


def test_a_project_without_levers_is_told_where_they_are(call: Call) -> None:
    assert call("levers").out == "This project uses no lever. See: --all\n"


def test_all_lists_every_lever(call: Call) -> None:
    assert [line.split()[0] for line in call("levers", "--all").out.splitlines()] == list(levers)


def test_an_active_lever_has_one_line_and_one_for_each_way_that_stays_stock(call: Call) -> None:
    with installed(QUERIES):
        first, *objections = call("levers").out.splitlines()

    assert first.split()[:4] == ["compiled_queries", "active", "Python", "3.11"]
    # the settings of the tests have silk's router, and its tables in SQLite
    assert any(line.startswith("  reads: active. off everywhere: the database is chosen by") for line in objections)
    assert any(line.startswith("  reads: active. off for 'profiles': ") for line in objections)


def test_an_inactive_lever_says_why(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QUERIES, "tested", (Range("Django", "1", "2"),))
    with installed(QUERIES):
        first, second, *_counts = call("levers").out.splitlines()
    assert first.split()[:2] == ["compiled_queries", "inactive"]
    assert second == f"  Django {django.get_version()} is installed; tested: 1 to 2."


def test_json_has_every_replaced_attribute(call: Call) -> None:
    with installed(QUERIES):
        (told,) = json.loads(call("levers", "--json").out)
    assert (told["name"], told["state"]) == ("compiled_queries", "active")
    assert [one["target"] for one in told["parts"][0]["replacements"]][1] == "django.db.models.query.QuerySet.get"


def _judgements(_project: Project) -> Iterator[Judgement]:
    """Of eight classes: two are left to stock for one reason, and five for one of their own."""
    for number in range(8):
        reason = None if number == 7 else "Base overrides `get`" if number < 2 else f"reason {number}"
        yield Judgement(kind="classes", name=f"Class{number}", reason=reason)


def test_of_many_reasons_those_of_most_classes_are_shown(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "judgements", _judgements)
    with installed(QUERIES):
        lines = [line for line in call("levers").out.splitlines() if "of 8" in line or "more" in line]
        every = [line for line in call("levers", "--all").out.splitlines() if "of 8" in line or "Class" in line]

    assert lines == [
        "  reads: inactive for 2 of 8 classes: Base overrides `get`.",
        *(f"  reads: inactive for 1 of 8 classes: reason {number}." for number in (2, 3, 4, 5)),
        "  reads: 1 more reasons. See: --all",
    ]
    assert every[:3] == [lines[0], "    Class0", "    Class1"]
    assert every[-2:] == ["  reads: inactive for 1 of 8 classes: reason 6.", "    Class6"]


def test_counts_are_shown_where_there_are_any(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally()
    monkeypatch.setattr(reads.COUNT, "tally", tally)
    monkeypatch.setattr(QUERIES.parts["reads"], "tallies", lambda: (tally,))
    with installed(QUERIES):
        assert "calls" not in call("levers").out
        next(tally.calls)
        next(tally.calls)
        next(tally.left)
        lines = call("levers").out.splitlines()

    assert lines[1:3] == [
        "  calls in this process: 1 fast, 1 stock.",
        "  reads: calls in this process: 1 fast, 1 stock.",
    ]


def test_classes_that_cannot_be_judged_are_one_sentence(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_project: Project) -> Iterator[Judgement]:
        yield Judgement(kind="classes", name="First", reason="it is the first")
        raise LookupError("No.")

    monkeypatch.setattr(reads, "judgements", broken)
    with installed(QUERIES):
        lines = call("levers").out.splitlines()
    assert "  reads: inactive for 1 of 1 classes: it is the first." in lines
    assert lines[-1] == "What reads does with the classes of this project is not known: LookupError('No.')."
