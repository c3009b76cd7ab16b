"""`manage.py perfcompare levers`: what each lever is doing, and why."""

from __future__ import annotations

import json

import django
import pytest

from perfcompare.core.versions import Range
from perfcompare.levers import _status
from perfcompare.levers._status import State
from perfcompare.levers.compiled_queries.install import INSTALLATION as QUERIES
from perfcompare.registries import levers
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.levers.installed import installed


@pytest.fixture(autouse=True)
def _only_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of other levers in this process have loaded theirs."""
    whole = _status.status

    def status() -> dict[str, _status.LeverStatus]:
        return {name: one if name == QUERIES.lever else _unused(name) for name, one in whole().items()}

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
        first, second = call("levers").out.splitlines()
    assert first.split()[:2] == ["compiled_queries", "inactive"]
    assert second == f"  Django {django.get_version()} is installed; tested: 1 to 2."


def test_json_has_every_replaced_attribute(call: Call) -> None:
    with installed(QUERIES):
        (told,) = json.loads(call("levers", "--json").out)
    assert (told["name"], told["state"]) == ("compiled_queries", "active")
    assert [one["target"] for one in told["parts"][0]["replacements"]][1] == "django.db.models.query.QuerySet.get"
