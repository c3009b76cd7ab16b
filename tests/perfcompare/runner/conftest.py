"""State folders of their own: a test must not take a real run's lock or end its processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfcompare.services.proxy import Proxy
from perfcompare.targets.demonstration import laboratory
from users.dataset import Dataset

SMALL = Dataset(count=20, seed=3)
Spawn = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts Python programs, given as text, that can be talked to by lines; ends them after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(program: str, *words: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", program, *words]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True, bufsize=1, env=env))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def bench() -> laboratory.Laboratory:
    """The database of timed servers, filled with SMALL."""
    return laboratory.prepare(os.environ, SMALL)


@pytest.fixture
def database(bench: laboratory.Laboratory) -> Iterator[Proxy]:
    """The same behind a proxy that can be switched off."""
    with Proxy(bench.environ["DATABASE_URL"]) as proxy:
        yield proxy


def line(process: subprocess.Popen[str]) -> str:
    """The next line that it prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ask(process: subprocess.Popen[str], text: str = "") -> str:
    """What it answers to a line."""
    assert process.stdin is not None
    process.stdin.write(f"{text}\n")
    return line(process)
