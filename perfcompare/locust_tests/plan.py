"""The options of a Locust run, checked before anything starts, and the command line that follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perfcompare.core import env
from perfcompare.core.consent import require_consent
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import UsageError
from perfcompare.generators.locust import PROGRAM, senders
from perfcompare.registries import scenarios, stacks

FOLDER: Final = env.ROOT / "locustfiles"
ONE_SCENARIO: Final = frozenset({"single", "fixed_rate"})
"""Locustfiles that send one scenario as fast as possible. The others are journeys with think time."""
SHAPES: Final = frozenset({"steps", "spike", "soak"})
"""Locustfiles that define the number of users and the length themselves."""
SIDE_BY_SIDE: Final = "compare"
LOOPBACK: Final = "127.0.0.1"


def files() -> list[str]:
    """The names of the locustfiles."""
    return sorted(path.stem for path in FOLDER.glob("[!_]*.py"))


@dataclass(frozen=True, kw_only=True)
class LoadPlan:
    """The options of a Locust run."""

    file: str
    stacks: tuple[str, ...]
    dataset: Dataset
    scenarios: tuple[str, ...] = ()
    """If empty: all scenarios of a journey, or the file's own one."""
    server: str | None = None
    """None selects the best server of each stack."""
    target: str | None = None
    """The URL of a server elsewhere, instead of one that is started here."""
    allow_remote: bool = False
    users: int | None = None
    seconds: float | None = None
    warmup_s: float = 0.0
    rounds: int = 1
    seed: int = 1
    processes: int = 1
    """Number of sending processes on this machine."""
    expect_workers: int = 0
    """Number of sending processes on other machines, which join at `bind`."""
    bind: str = LOOPBACK
    web_port: int | None = None
    """The port of Locust's web interface on 127.0.0.1; None for a run without one."""
    label: str = ""
    note: str = ""
    further: tuple[str, ...] = ()
    """Options that are passed on to Locust."""

    @property
    def web(self) -> bool:
        """Whether a person begins and ends the tests."""
        return self.web_port is not None

    @property
    def asked(self) -> tuple[str, ...]:
        """The scenarios that every stack offers, those that change the database last."""
        named = self.scenarios or (("simple",) if self.file in ONE_SCENARIO else tuple(scenarios))
        offered = [name for name in named if all(name in stacks[stack].scenarios for stack in self.stacks)]
        return tuple(sorted(offered, key=lambda name: scenarios[name].writes))

    def check(self) -> None:
        """Raise UsageError for options that contradict each other."""
        stacks.choose(self.stacks)
        scenarios.choose(self.scenarios)
        for fault in self._faults():
            raise UsageError(fault)
        if self.target:
            require_consent([self.target], allowed=self.allow_remote)

    def _faults(self) -> Iterator[str]:
        if len(self.stacks) > 1 and self.file != SIDE_BY_SIDE:
            yield f"{self.file} loads one stack; several side by side: --file {SIDE_BY_SIDE}"
        if len(self.stacks) > 1 and self.target:
            yield "A target is one stack; several elsewhere: -- --stacks drf=http://…,fastapi=http://…"
        if self.file in ONE_SCENARIO and len(self.scenarios) > 1:
            yield f"{self.file} asks one scenario; a journey through several: --file mixed"
        if self.file in SHAPES and (self.users or self.seconds):
            yield f"{self.file} says itself how many users there are and for how long; its options: -- --help"
        if self.processes > 1 and self.expect_workers:
            yield "Workers are all of this machine (--processes) or all of others (--expect-workers)."

    def argv(self, targets: Mapping[str, str], result: Path, number: int) -> Sequence[str]:
        """Locust's argument vector for round `number`; `targets` has the URL of each stack."""
        return [
            PROGRAM, "--locustfile", str(FOLDER / f"{self.file}.py"), *self._whom(targets), *self._what(),
            "--dataset-count", str(self.dataset.count), "--dataset-seed", str(self.dataset.seed),
            "--seed", str(self.seed + number - 1), "--result", str(result),
            *self._how_long(), *self._senders(), *self.further,
        ]  # fmt: skip

    def _whom(self, targets: Mapping[str, str]) -> Iterator[str]:
        if self.file == SIDE_BY_SIDE:
            yield from ("--stacks", ",".join(f"{stack}={url}" for stack, url in targets.items()))
        else:
            for stack, url in targets.items():
                yield from ("--stack", stack, "--host", url)
        if self.allow_remote:
            yield "--allow-remote"

    def _what(self) -> Iterator[str]:
        if self.scenarios:
            yield from ("--scenario" if self.file in ONE_SCENARIO else "--scenarios", ",".join(self.scenarios))

    def _how_long(self) -> Iterator[str]:
        yield from ("--warmup", str(self.warmup_s))
        if self.users:
            yield from ("--users", str(self.users), "--spawn-rate", str(self.users))
        if self.web:
            yield from ("--web-host", LOOPBACK, "--web-port", str(self.web_port))
            if self.seconds:
                yield from ("--run-time", f"{self.warmup_s + self.seconds:.0f}s")
        else:
            yield from ("--headless", "--only-summary", "--loglevel", "WARNING", "--exit-code-on-error", "0")
            if self.seconds:
                yield from ("--window", str(self.seconds))

    def _senders(self) -> Iterator[str]:
        if self.processes > 1:
            yield from senders(self.processes)
        if self.expect_workers:
            yield from ("--master", "--expect-workers", str(self.expect_workers), "--master-bind-host", self.bind)
