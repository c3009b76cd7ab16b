"""Asks processes of the project about themselves: which levers are active, and whether its databases can be reached."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from perfcompare.core.errors import PerfcompareError, attempt
from perfcompare.project.target import ProjectTarget
from perfcompare.services import processes

LONGEST_S: Final = 120.0
_MODULE: Final = "perfcompare.project.served.facts"


class StartProblem(PerfcompareError):
    """Raised when a process of the project does not start, or does not reach its databases."""


@dataclass(frozen=True)
class Facts:
    """What a process says: perfcompare/project/served/facts.py."""

    said: Mapping[str, Any]

    @property
    def same(self) -> Sequence[str]:
        """The documented settings that the project has already."""
        return self.said["same"]  # type: ignore[no-any-return]

    def lever(self, name: str) -> tuple[str, Sequence[str]]:
        """The state of a lever, and the reasons for it."""
        found = self.said["levers"][name]
        return found["state"], found["reasons"]

    def counted(self, name: str) -> bool:
        """Whether all that a lever does is done by its app, which counts; not by a server, middleware or the like."""
        return {*self.said["changed"].get(name, ["?"])} <= {"INSTALLED_APPS", "PERFCOMPARE"}

    @property
    def database_url(self) -> str:
        """Where the default database is, without a user; empty when it is not PostgreSQL."""
        found = self.said["databases"].get("default", {})
        if found.get("vendor") != "postgresql" or not found.get("host"):
            return ""
        query = urlencode({"host": found["host"], "port": found["port"]})
        return f"postgresql:///{quote(found['name'], safe='')}?{query}"

    @property
    def databases(self) -> Mapping[str, str]:
        """For each database, what it is, its version and its driver: for people."""
        return {name: _described(one) for name, one in self._databases.items()}

    @property
    def trouble(self) -> str:
        """What is wrong with a database; empty when all can be reached."""
        return next((f"database {name}: {one['error']}" for name, one in self._databases.items() if "error" in one), "")

    @property
    def _databases(self) -> Mapping[str, Mapping[str, Any]]:
        return self.said["databases"]  # type: ignore[no-any-return]


def _described(one: Mapping[str, Any]) -> str:
    number = one.get("version", 0)
    version = f" {number // 10_000}.{number % 10_000}" if number else ""
    return f"{one['vendor']}{version}, by {one['driver']}"


def of_variants(target: ProjectTarget, names: Iterable[str], folder: Path) -> Mapping[str, Facts | PerfcompareError]:
    """The facts about a process of each variant, several at a time."""
    wanted = list(names)
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        asked: list[Callable[[], Facts]] = [partial(_facts, target, name, folder) for name in wanted]
        return dict(zip(wanted, pool.map(attempt, asked), strict=True))


def _facts(target: ProjectTarget, name: str, folder: Path) -> Facts:
    program = target.program(name, target.variants[name].server)
    log, said = folder / f"{name}.log", folder / f"{name}.json"
    said.unlink(missing_ok=True)  # of an earlier combination
    with log.open("wb") as output:
        try:
            done = subprocess.run(
                [sys.executable, "-m", _MODULE, str(said)],
                cwd=program.folder, env=program.environ, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, timeout=LONGEST_S,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise StartProblem(f"it did not start within {LONGEST_S:.0f} s. {processes.tail(log)}") from error
    if done.returncode != 0 or not said.exists():
        raise StartProblem(f"it does not start. {processes.tail(log)}")
    found = Facts(json.loads(said.read_text(encoding="utf-8")))
    if found.trouble:
        raise StartProblem(found.trouble)
    return found
