"""A state folder with services of its own, as a new user has it, and the command line on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from perfcompare.core import env
from tests import probes
from tests.states import state_folder
from tests.waiting import until

_KEPT: Final = ("HOME", "PATH", "LANG", "TMPDIR", "USER")


@dataclass(frozen=True)
class Laboratory:
    """`manage.py` with its state in one folder."""

    folder: Path
    told: Mapping[str, str] = field(default_factory=dict)
    """Variables beside those of a fresh shell."""

    @property
    def environ(self) -> Mapping[str, str]:
        """That of its processes."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {**kept, "PERFCOMPARE_STATE": str(self.folder), **self.told, **probes.environ()}

    def call(self, *words: str, cpus: frozenset[int] | None = None) -> subprocess.CompletedProcess[str]:
        """Run `manage.py WORDS` to its end, on some processors alone if need be."""
        confine = None if cpus is None else partial(os.sched_setaffinity, 0, cpus)
        argv = self._argv(words)
        return subprocess.run(argv, env=self.environ, capture_output=True, text=True, preexec_fn=confine)

    @contextmanager
    def started(self, *words: str) -> Iterator[Started]:
        """A running `manage.py WORDS`, which is killed at the end of the block if need be."""
        log = self.folder / "log"
        with log.open("w") as output:
            process = subprocess.Popen(self._argv(words), env=self.environ, stdout=output, stderr=output)
        try:
            yield Started(process, log)
        finally:
            process.kill()
            process.wait()

    def newest(self) -> dict[str, Any]:
        """The export of the newest run."""
        found = self.call("perfcompare", "export", "latest", "--format", "json")
        assert found.returncode == 0, found.stderr
        document: dict[str, Any] = json.loads(found.stdout)
        return document

    def processes(self) -> list[str]:
        """The command lines of all processes that have this folder, services too."""
        return [*self._processes()]

    def _argv(self, words: tuple[str, ...]) -> list[str]:
        return [sys.executable, str(env.ROOT / "manage.py"), *words]

    def _processes(self) -> Iterator[str]:
        for process in psutil.process_iter():
            try:
                if process.environ().get("PERFCOMPARE_STATE") == str(self.folder):
                    yield " ".join(process.cmdline())
            except psutil.Error:  # it has ended, or is another user's
                continue


@dataclass(frozen=True)
class Started:
    """A command under way."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, text: str) -> None:
        """Until it has printed the text."""
        until(lambda: text in self.log.read_text() or self.process.poll() is not None, 120)
        assert text in self.log.read_text(), self.log.read_text()


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    """Tables are made."""
    with state_folder() as folder:
        made = Laboratory(folder)
        done = made.call("migrate", "--verbosity", "0")
        assert done.returncode == 0, done.stderr
        yield made
        until(lambda: not made.processes())
