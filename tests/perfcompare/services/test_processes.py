"""Processes of an earlier keeper."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfcompare.services import processes

MARKER = "/state/services/thing"


@pytest.fixture
def leftover() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", MARKER]) as process:
        yield process
        process.kill()


def test_a_leftover_of_ours_is_stopped(leftover: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "pid").write_text(str(leftover.pid))

    processes.stop_leftover(tmp_path / "pid", MARKER, signal.SIGTERM)

    assert leftover.wait(5) in {-signal.SIGTERM, 0}  # whoever waits first gets the status


def test_a_stranger_with_the_same_pid_is_left_alone(leftover: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "pid").write_text(str(leftover.pid))

    processes.stop_leftover(tmp_path / "pid", "/other/state", signal.SIGTERM)

    assert leftover.poll() is None


@pytest.mark.parametrize("content", ["", "junk", "0", "99999999", "-1"])
def test_a_pid_file_of_nothing_is_no_problem(tmp_path: Path, content: str) -> None:
    (tmp_path / "pid").write_text(content)

    processes.stop_leftover(tmp_path / "pid", MARKER, signal.SIGTERM)
    processes.stop_leftover(tmp_path / "absent", MARKER, signal.SIGTERM)
