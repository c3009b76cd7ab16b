from __future__ import annotations

from pathlib import Path

import pytest

from perfcompare.anatomy.counts import Counts, count
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import WrongAnswerError
from perfcompare.core.measurement import Cell
from perfcompare.runner.laboratory import Laboratory


def counted(stack: str, server: str, place: Laboratory, dataset: Dataset, folder: Path) -> Counts:
    cell = Cell(scenario="user_detail", stack=stack, server=server, concurrency=1)
    return count(cell, place, dataset, folder)


def test_stock_django_under_asgi_hops_and_starts_threads(place: Laboratory, dataset: Dataset, tmp_path: Path) -> None:
    found = counted("drf", "uvicorn", place, dataset, tmp_path)

    assert found.hops > 10
    assert found.threads > 1
    assert found.statements == 1


def test_fastapi_does_not(place: Laboratory, dataset: Dataset, tmp_path: Path) -> None:
    found = counted("fastapi", "uvicorn", place, dataset, tmp_path)

    assert (found.hops, found.threads) == (0, 0)


def test_wrong_answers_are_not_counted(place: Laboratory, tmp_path: Path) -> None:
    with pytest.raises(WrongAnswerError, match="drf answers user_detail wrongly"):
        counted("drf", "gunicorn_gthread", place, Dataset(count=200, seed=2), tmp_path)
