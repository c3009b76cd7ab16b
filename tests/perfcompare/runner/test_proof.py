"""What is found in a real server, and what must not be found in one."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from perfcompare.core import process
from perfcompare.runner import proof
from tests.serving import serve

CLEAN: Mapping[str, Any] = {"debug": False, "loaded": [], "traced": False, "environ": {}}


@pytest.mark.parametrize(
    ("server", "loop", "parser", "processes"),
    [("uvicorn", "uvloop", "httptools", 1), ("gunicorn_gthread", None, None, 2)],
)
def test_a_living_server_shows_what_it_runs_on(
    tmp_path: Path, server: str, loop: str | None, parser: str | None, processes: int
) -> None:
    environ = {"PATH": os.environ["PATH"], "PYTHONOPTIMIZE": "1"}
    with serve("floor", server, environ=environ, log=tmp_path / "log") as running:
        found = proof.look(running.host, running.port, running.pid)

    assert (found["loop"], found["parser"], found["processes"]) == (loop, parser, processes)
    assert found["threads"] >= processes
    assert found["open_files_limit"] > 0
    assert found["environ"] == {"DJANGO_SETTINGS_MODULE": "config.settings.bench", "PYTHONOPTIMIZE": "1"}
    assert (found["debug"], found["loaded"], found["traced"]) == (False, [], False)
    assert proof.objections(found) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"debug": True}, "debugging is on"),
        ({"loaded": ["silk"]}, "loaded: silk"),
        ({"traced": True}, "every call is traced or profiled"),
        ({"environ": {"PYTHONASYNCIODEBUG": "1"}}, "Python runs in a debug mode"),
    ],
)
def test_r14_what_watches_or_debugs_is_objected_to(changed: Mapping[str, Any], words: str) -> None:
    assert proof.objections({**CLEAN, **changed}) == [words]


def test_a_clean_server_is_not_objected_to() -> None:
    assert proof.objections(CLEAN) == []


def test_a_process_says_what_watches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "silk", process)
    monkeypatch.setattr(sys, "getprofile", lambda: print)

    found = process.facts(debug=True)

    assert "silk" in found["loaded"]
    assert (found["debug"], found["traced"]) == (True, True)
