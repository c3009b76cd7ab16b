from __future__ import annotations

import json

import pytest

from perfcompare.commands import doctor as command
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.runner import doctor
from perfcompare.runner.doctor import Finding, Grade
from tests.perfcompare.commands.conftest import Call


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What is found on this machine; the loads find nothing."""
    findings = [Finding(about="governor", grade=Grade.WORSE, sentence="The governor is not known.")]
    monkeypatch.setattr(doctor, "examine", lambda _facts, _packages, workers: iter(findings))
    monkeypatch.setattr(command, "_ceilings", lambda: iter([]))
    return findings


def test_findings_are_sentences_and_notes_do_not_fail(call: Call) -> None:
    outcome = call("doctor")

    assert outcome.code == 0
    assert "note  governor     The governor is not known." in outcome.out
    assert "PostgreSQL" in outcome.out


def test_something_bad_is_an_exit_code_for_scripts(call: Call, found: list[Finding]) -> None:
    found.append(Finding(about="steal", grade=Grade.BAD, sentence="The hypervisor gave 9 % to others."))

    outcome = call("doctor", "--no-load")

    assert outcome.code == 4
    assert "BAD   steal" in outcome.out
    assert outcome.err.strip().endswith("See: steal.")


def test_programs_get_json(call: Call) -> None:
    findings = json.loads(call("doctor", "--no-load", "--json").out)

    assert findings[0] == {"about": "governor", "grade": "worse", "sentence": "The governor is not known."}


def test_what_keeps_the_load_away_is_a_finding(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise EnvironmentProblem("another run is under way")

    monkeypatch.setattr(command, "_ceilings", refuse)

    outcome = call("doctor")

    assert outcome.code == 4
    assert "Nothing can be measured here: another run is under way" in outcome.out
