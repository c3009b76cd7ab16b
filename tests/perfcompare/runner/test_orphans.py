from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from perfcompare.runner import orphans
from tests.perfcompare.runner.conftest import Spawn, line

WAIT = "import sys; print('ready', flush=True); sys.stdin.read()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + WAIT
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WAIT!r}])"


def test_a_marked_process_is_ended_and_named(state: Path, spawn: Spawn) -> None:
    left = spawn(WAIT, env={**os.environ, **orphans.marked()})
    assert line(left) == "ready"

    names = orphans.end_all()

    assert len(names) == 1
    assert f"(process {left.pid})" in names[0]
    assert left.wait(5) in {-signal.SIGTERM, 0}  # whoever waits first gets the status


def test_its_children_are_ended_with_it(state: Path, spawn: Spawn) -> None:
    assert line(spawn(PARENT, env={**os.environ, **orphans.marked()})) == "ready"

    assert len(orphans.end_all()) == 2


def test_one_that_ignores_the_request_is_killed(state: Path, spawn: Spawn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "_STOP_S", 0.2)
    left = spawn(STUBBORN, env={**os.environ, **orphans.marked()})
    assert line(left) == "ready"

    assert len(orphans.end_all()) == 1
    left.wait(5)


def test_others_are_left_alone(state: Path, spawn: Spawn) -> None:
    unmarked = spawn(WAIT)
    of_another_folder = spawn(WAIT, env={**os.environ, orphans.MARK: str(state.with_name("other"))})
    assert line(unmarked) == line(of_another_folder) == "ready"

    assert orphans.end_all() == []
    assert unmarked.poll() is None
    assert of_another_folder.poll() is None


def test_others_are_named_but_for_the_tree_of_the_server_that_is_meant(state: Path, spawn: Spawn) -> None:
    mine = spawn(PARENT, env={**os.environ, **orphans.marked()})
    other = spawn(WAIT, env={**os.environ, **orphans.marked()})
    assert line(mine) == line(other) == "ready"

    (name,) = orphans.others(mine.pid)

    assert f"(process {other.pid})" in name
