from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from perfcompare.anatomy.counts import Counts, count
from perfcompare.core.errors import WrongAnswerError
from perfcompare.core.measurement import Cell
from perfcompare.targets.demonstration.target import Demonstration
from users.dataset import Dataset


def counted(stack: str, server: str, target: Demonstration, folder: Path) -> Counts:
    cell = Cell(scenario="user_detail", stack=stack, server=server, concurrency=1)
    return count(cell, target, folder)


def test_stock_django_under_asgi_hops_and_starts_threads(target: Demonstration, tmp_path: Path) -> None:
    found = counted("drf", "uvicorn", target, tmp_path)

    assert found.hops > 10
    assert found.threads > 1
    assert found.statements == 1


def test_fastapi_does_not(target: Demonstration, tmp_path: Path) -> None:
    found = counted("fastapi", "uvicorn", target, tmp_path)

    assert (found.hops, found.threads) == (0, 0)


def test_wrong_answers_are_not_counted(target: Demonstration, tmp_path: Path) -> None:
    with pytest.raises(WrongAnswerError, match="drf answers user_detail wrongly"):
        counted("drf", "gunicorn_gthread", replace(target, data=Dataset(count=200, seed=2)), tmp_path)
