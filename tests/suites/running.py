"""One run of a suite, stock or with levers, in its own process."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from perfcompare.core import surroundings
from perfcompare.levers._registry import levers as known
from perfcompare.services import databases
from tests.suites.environments import python
from tests.suites.fetching import source
from tests.suites.inside.configuring import database_name
from tests.suites.paths import path
from tests.suites.suite import Installed, Suite

_NOT_FOR_ALL: Final = frozenset(
    {"api_middleware", "cached_bytes", "database_json", "lean_asgi", "lean_filters", "lean_wsgi", "token_cache"}
)
"""Levers that take things away by design, need an app, are called by a project's own code, are handlers
(`Suite.handlers`), or are for a package that this project has and a suite does not (django-filter, which itself answers
`setting_changed` in a way that Django's tests of the cache do not bear)."""
_INSIDE: Final = Path(__file__).parent / "inside"
_STARTED: Final = "from suite_inside.start import begin\n\nbegin()\n"
_WORST: Final = ("failed", "passed unexpectedly", "failed as expected", "skipped", "passed")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the tests of one run said."""

    outcomes: Mapping[str, str]
    messages: Mapping[str, str]
    called: Mapping[str, int]
    """How often each replacement was called."""
    left: Mapping[str, int]
    """How often it called the original."""
    stock: Mapping[str, Sequence[str]]
    """The inactive parts of levers, with reasons."""
    status: int
    text: str

    def count(self, outcome: str) -> int:
        """How many tests ended so."""
        return sum(one == outcome for one in self.outcomes.values())


def levers(suite: Suite) -> list[str]:
    """Those that a run with levers has: all that work as lines of settings, in any project or in one like this."""
    return [name for name in known if name not in _NOT_FOR_ALL or name in suite.also]


def run(name: str, suite: Suite, applied: Sequence[str], database_url: str) -> Run:
    """Run all its tests, with the levers `applied`; none for stock."""
    interpreter = python(suite)
    # Some suites connect before they make a test database.
    databases.remake(database_url, database_name(name, "default"))
    with tempfile.TemporaryDirectory() as results:
        bare = isinstance(suite, Installed) and not suite.unpacked
        folder = Path(results) if bare else source(suite) / suite.folder
        plan = {
            "suite": name,
            "database": place(database_url),
            "levers": list(applied),
            "handlers": suite.handlers and bool(applied),
            "outcomes": f"{results}/outcomes",
            "activity": f"{results}/activity",
        }
        environment = surroundings.child(
            os.environ,
            PYTHONPATH=str(path("path", _STARTED, suite_inside=_INSIDE, **suite.beside)),
            PYTEST_ADDOPTS="-p no:cacheprovider",
            PYTEST_PLUGINS="suite_inside.pytest_recorder",
            PERFCOMPARE_SUITE=json.dumps(plan),
            **{name: text.replace("{redis}", os.environ["REDIS_URL"]) for name, text in suite.environment.items()},
        )
        done = _process([str(interpreter), *suite.command], folder, environment, suite.time_limit_s)
        return _read(Path(results), done)


def _process(
    argv: list[str], folder: Path, environment: dict[str, str], limit_s: float
) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace") as output:
        try:
            status = subprocess.run(
                argv,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=limit_s,
            ).returncode
        except subprocess.TimeoutExpired:
            status = -1
            output.write(f"\nThe suite did not end within {limit_s:.0f} s.\n")
        output.seek(0)
        return subprocess.CompletedProcess(argv, status, output.read())


def _read(results: Path, done: subprocess.CompletedProcess[str]) -> Run:
    outcomes: dict[str, str] = {}
    messages: dict[str, str] = {}
    for line in _lines(results / "outcomes"):
        test, outcome = line["test"], line["outcome"]
        outcomes[test] = min(outcomes.get(test, outcome), outcome, key=_WORST.index)
        if line["message"]:
            messages[test] = f"{messages.get(test, '')}{line['message']}"
    called, left = Counter[str](), Counter[str]()
    stock: dict[str, Sequence[str]] = {}
    for line in _lines(results / "activity"):
        called.update(line["called"])
        left.update(line["left"])
        stock.update(line["stock"])
    return Run(
        outcomes=outcomes,
        messages=messages,
        called=called,
        left=left,
        stock=stock,
        status=done.returncode,
        text=done.stdout,
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def place(url: str) -> dict[str, str]:
    """The place of the server, in the words of Django's settings."""
    parts = urlsplit(url)
    named = parse_qs(parts.query)
    return {
        "HOST": named["host"][0] if "host" in named else parts.hostname or "",
        "PORT": named["port"][0] if "port" in named else str(parts.port or ""),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
    }
