"""What tests of subcommands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections

from perfcompare.management.commands.perfcompare import Command
from perfcompare.targets.demonstration import laboratory
from tests.perfcompare.factories import make_environment


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a call of `manage.py perfcompare` ended."""

    code: int | str | None
    out: str
    err: str


Call = Callable[..., Outcome]


@pytest.fixture
def without_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For commands whose servers need no data: the services are those of the tests."""
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(
        laboratory,
        "prepare",
        lambda environ, dataset, **_: laboratory.Laboratory(environ={**os.environ, **environ}, dataset=dataset),
    )
    monkeypatch.setattr("perfcompare.runner.environment.collect", lambda _environ: make_environment())


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call `manage.py perfcompare` as the command line does, in this process."""
    # Django closes its connections after a command, and the test's transaction would end with them.
    monkeypatch.setattr(connections, "close_all", lambda: None)

    def run(*arguments: str) -> Outcome:
        code: int | str | None = 0
        try:
            Command().run_from_argv(["manage.py", "perfcompare", *arguments])
        except SystemExit as error:
            code = error.code
        captured = capsys.readouterr()
        return Outcome(code=code, out=captured.out, err=captured.err)

    return run
