from __future__ import annotations

import os
from pathlib import Path

import pytest

from perfcompare.core.errors import EnvironmentProblem, RunInProgressError
from perfcompare.runner.lock import only_run
from tests.perfcompare.runner.conftest import Spawn, line

HOLD = """
from perfcompare.runner.lock import only_run
with only_run():
    print("held", flush=True)
    input()
"""


def test_r13_a_second_run_is_refused_and_told_who_holds_the_machine(state: Path, spawn: Spawn) -> None:
    first = spawn(HOLD)
    assert line(first) == "held"

    with pytest.raises(RunInProgressError, match=rf"Process {first.pid}, started 20\d\d-\d\d-\d\dT"), only_run():
        pass


def test_the_lock_is_free_after_a_run(state: Path) -> None:
    for _ in range(2):
        with only_run():
            assert str(os.getpid()) in (state / "run.lock").read_text()


def test_the_lock_of_a_killed_run_is_free(state: Path, spawn: Spawn) -> None:
    first = spawn(HOLD)
    assert line(first) == "held"
    first.kill()
    first.wait()

    with only_run():
        assert str(first.pid) not in (state / "run.lock").read_text()


def test_another_state_folder_has_a_lock_of_its_own(state: Path, spawn: Spawn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert line(spawn(HOLD)) == "held"
    monkeypatch.setenv("PERFCOMPARE_STATE", str(state.with_name("other")))

    with only_run():
        pass


def test_an_unusable_state_folder_is_explained(state: Path) -> None:
    state.write_text("a file where the folder should be")

    with pytest.raises(EnvironmentProblem, match="PERFCOMPARE_STATE"), only_run():
        pass
