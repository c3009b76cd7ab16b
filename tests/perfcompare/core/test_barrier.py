from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from perfcompare.core import barrier

PROGRAM = "from perfcompare.core import barrier; barrier.wait(); print('let go')"


def _start(**environ: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", PROGRAM]
    return subprocess.Popen(argv, env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True)


def test_a_process_that_is_held_goes_on_when_it_is_let_go() -> None:
    with _start(**{barrier.MARK: "1"}) as process:
        _pid, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        process.send_signal(signal.SIGCONT)
        assert process.communicate(timeout=30)[0] == "let go\n"


def test_another_one_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(barrier.MARK, raising=False)

    with _start() as process:
        assert process.communicate(timeout=30)[0] == "let go\n"
