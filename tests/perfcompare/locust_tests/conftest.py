"""A laboratory that is there already, and a screen that keeps what is written."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfcompare.core.dataset import Dataset
from perfcompare.locust_tests import LoadPlan
from perfcompare.targets.demonstration.laboratory import Laboratory

SERVICES = ("DATABASE_URL", "REDIS_URL", "UPSTREAM_URL")


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The state folder of a run; the tests' services are its laboratory."""
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path))
    environ = {"SECRET_KEY": "x" * 50, **{name: os.environ[name] for name in SERVICES}}
    monkeypatch.setattr(
        "perfcompare.targets.demonstration.laboratory.prepare",
        lambda _environ, dataset, **_: Laboratory(environ=environ, dataset=dataset),
    )
    return tmp_path


def plan(**given: Any) -> LoadPlan:
    values: dict[str, Any] = {"file": "single", "stacks": ("floor",), "dataset": Dataset(count=10, seed=1)}
    return LoadPlan(**{**values, **given})


def meanwhile(action: Callable[[], None]) -> threading.Thread:
    """Do this in a thread beside the run, which is ended when it fails."""

    def act() -> None:
        try:
            action()
        except BaseException:
            os.kill(os.getpid(), signal.SIGTERM)
            raise

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread
