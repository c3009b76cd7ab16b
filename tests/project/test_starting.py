"""How the project is started by commands that only ask for answers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from perfcompare.core.errors import UsageError
from perfcompare.project import starting
from perfcompare.project.project import APPLICATION, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(
        settings="shop.settings",
        root=tmp_path,
        applications={"wsgi": "shop.wsgi:application", "asgi": "shop.asgi:application"},
        interface="wsgi",
        path=[],
        environ={"GUNICORN_CMD_ARGS": "--workers 3"},
    )


def started(project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch, *changes: str) -> Any:
    """The program that would be started."""
    monkeypatch.setattr(starting, "ServerProcess", lambda program, **_more: SimpleNamespace(program=program))
    made: Any = starting.process(project, "it", changes, server="", log=folder / "logs" / "it.log")
    return made.program


def test_it_is_served_as_try_serves_it(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = started(project, tmp_path, monkeypatch)

    assert program.label == "it on gunicorn_gthread"
    assert program.environ[APPLICATION] == "shop.wsgi:application"
    assert "GUNICORN_CMD_ARGS" not in program.environ


def test_a_lever_with_an_application_of_its_own_is_served_by_it(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = started(project, tmp_path, monkeypatch, "lean_wsgi")

    assert program.environ[APPLICATION] == "perfcompare.levers.lean_wsgi.application:application"


def test_an_unknown_change_is_named(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="nothing_known"):
        started(project, tmp_path, monkeypatch, "nothing_known")
