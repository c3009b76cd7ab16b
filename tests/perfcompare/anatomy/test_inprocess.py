from __future__ import annotations

from pathlib import Path

import pytest

from perfcompare.anatomy import inprocess, layers
from perfcompare.anatomy.inprocess import DriverError, Work
from perfcompare.core.measurement import Cell
from perfcompare.targets.demonstration.target import Demonstration


@pytest.fixture
def work(target: Demonstration, tmp_path: Path) -> Work:
    cell = Cell(scenario="simple", stack="drf", server="gunicorn_gthread", concurrency=1)
    return Work(cell=cell, target=target, folder=tmp_path)


@pytest.mark.parametrize(
    ("stack", "server", "scenario"),
    [
        ("fastapi", "uvicorn", "user_create"),
        ("drf", "gunicorn_gthread", "user_create"),
        ("ninja_async", "uvicorn", "protected"),
    ],
)
def test_an_application_is_asked_without_a_server(
    stack: str, server: str, scenario: str, target: Demonstration, tmp_path: Path
) -> None:
    cell = Cell(scenario=scenario, stack=stack, server=server, concurrency=1)

    assert inprocess.cost_us(Work(cell=cell, target=target, folder=tmp_path), 20) > 0


def test_an_error_of_the_application_is_no_cost(work: Work) -> None:
    with pytest.raises(DriverError, match="the application answers 404"):
        inprocess.cost_us(work, 10, path="/api/nothing")


def test_samples_of_a_django_stack_name_its_layers(work: Work) -> None:
    found = inprocess.layer_shares(work, 2000)

    assert sum(found.values()) == pytest.approx(1.0)
    assert {layers.HANDLER, layers.MIDDLEWARE, layers.VIEW} <= found.keys()
