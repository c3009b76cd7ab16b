from __future__ import annotations

from random import Random

import pytest

from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import UsageError
from perfcompare.core.measurement import Cell
from perfcompare.core.target import Target
from perfcompare.targets.running_url import RunningUrl

RUNNING: Target = RunningUrl(url="http://127.0.0.1:8000", environ={}, data=Dataset(count=10, seed=1))


def test_it_is_asked_what_the_contract_says() -> None:
    exchange = next(RUNNING.endpoint("simple").traffic(Random(1)))

    assert (exchange.request.path, exchange.expected.status) == ("simple", 200)
    assert RUNNING.statements(Cell(scenario="user_detail", stack="drf", server="elsewhere", concurrency=1)) == 1


def test_nothing_is_started_there() -> None:
    with pytest.raises(UsageError, match=r"http://127\.0\.0\.1:8000 runs already"):
        RUNNING.program("drf", "uvicorn")


def test_its_data_is_left_alone() -> None:
    RUNNING.restore()
