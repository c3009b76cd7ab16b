"""Locust as a process: starts it, waits, ends it so that it writes its result, and reads the result of each test."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT
from typing import Final

from perfcompare.core.errors import Interrupted, PerfcompareError, UsageError
from perfcompare.core.measurement import Failure, Measurement
from perfcompare.generators.locust import GENERATOR as LOCUST
from perfcompare.locust_tests import results
from perfcompare.locust_tests.hosts import Ground, Host, watching
from perfcompare.locust_tests.plan import LoadPlan
from perfcompare.locust_tests.rows import Seen, rows
from perfcompare.runner import generation
from perfcompare.runner.sampler import Sampler
from perfcompare.services import processes

Samplers = Mapping[str, Sampler]
RESULT: Final = "result.json"
POLL_S: Final = 0.05
END_S: Final = 20.0
"""Before Locust writes the result, users finish their requests and a master waits for its workers."""
SETTLED_S: Final = 5.0
MISUSED: Final = 2
"""Locust's exit status for invalid options."""


class LocustError(PerfcompareError):
    """Raised when Locust ended without a result."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """One process of Locust: a single test, or as many as a person starts in its web interface."""

    plan: LoadPlan
    ground: Ground
    hosts: Sequence[Host]
    folder: Path
    """An empty folder for Locust's files."""
    number: int

    def outcomes(self) -> Iterator[Measurement | Failure]:
        """The rows of each test when it has ended. Interrupted once Locust has ended in order and its rows are given.

        LocustError when it leaves no result, UsageError when it does not take its options.
        """
        output = self.folder / "locust.stdout"
        with generation.launched(self._argv(), output, self.folder) as process:
            try:
                with watching(self.hosts, process.pid, self.ground) as samplers:
                    yield from self._tests(process, samplers)
            finally:
                generation.stop(process)
        if not list(self.folder.glob("result*.json")) and not self.plan.web:
            raise _without_result(process.returncode, processes.tail(generation.errors_of(output)))

    def _argv(self) -> list[str]:
        targets = {host.stack: host.url for host in self.hosts}
        if self.plan.target:
            targets = dict.fromkeys(self.plan.stacks, self.plan.target)
        argv = list(self.plan.argv(targets, self.folder / RESULT, self.number))
        return [generation.find(LOCUST), *argv[1:]]

    def _tests(self, process: subprocess.Popen[bytes], samplers: Samplers) -> Iterator[Measurement | Failure]:
        seen = {host.stack: Seen(host=host, sampler=samplers[host.stack], ground=self.ground) for host in self.hosts}
        tests, signal = 0, None
        while process.poll() is None and signal is None:
            ended: str | None = None
            try:
                ended = self._wait(process)
            except Interrupted as error:
                signal = error
            if ended or signal:
                _end(process)
            _settle(samplers)
            found = self._result(tests)
            if found is not None:
                users = None if self.plan.web else self.plan.users
                yield from rows(found, seen, number=self.number + tests, users=users, ended=ended)
                tests += 1
                (self.folder / RESULT).replace(self._aside(tests))
        if signal is not None and not (self.plan.web and signal.signum == SIGINT):
            raise signal

    def _wait(self, process: subprocess.Popen[bytes]) -> str | None:
        """Until Locust has ended or, with a web interface, a test has; why neither will, in a sentence."""
        while process.poll() is None and not (self.plan.web and (self.folder / RESULT).exists()):
            for host in self.hosts:
                if not host.process.alive():
                    return f"the server of {host.stack} ended under load. {host.process.tail()}"
            time.sleep(POLL_S)
        return None

    def _result(self, tests: int) -> results.Result | None:
        """The result in the folder; None without one, and for a test whose result was read before."""
        path = self.folder / RESULT
        if not path.exists():
            return None
        found = results.read(path.read_text(encoding="utf-8"))
        if tests and results.read(self._aside(tests).read_text(encoding="utf-8")).began_at == found.began_at:
            path.unlink()  # a master writes it again when it quits
            return None
        return found

    def _aside(self, number: int) -> Path:
        """The file that keeps the result of that test."""
        return self.folder / f"result-{number}.json"


def _settle(samplers: Samplers) -> None:
    """Wait until every counter has been read once more, so that the end of the window lies between two readings."""
    now_s = time.monotonic()
    while any(not one.states or one.states[-1].at_s < now_s for one in samplers.values()):
        time.sleep(POLL_S)
        if time.monotonic() - now_s > SETTLED_S:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    """Signal the first process, which ends its workers and writes the result."""
    with suppress(ProcessLookupError):
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(END_S)


def _without_result(status: int, said: str) -> PerfcompareError:
    if status == MISUSED:
        return UsageError(f"Locust does not take these options. {said}")
    return LocustError(f"generator: Locust ended with status {status} and left no result. {said}")
