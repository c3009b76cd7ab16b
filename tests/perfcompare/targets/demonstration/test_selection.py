from __future__ import annotations

import pytest

from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.measurement import Cell
from perfcompare.registries import scenarios
from perfcompare.targets.demonstration import selection


def chosen(
    stacks: list[str],
    servers: list[str] | None = None,
    scenarios: list[str] | None = None,
    levels: tuple[int, ...] | None = (8,),
) -> list[str]:
    found = selection.cells(
        stack_names=stacks, server_names=servers or [], scenario_names=scenarios or ["simple"], levels=levels
    )
    return [str(cell) for cell in found]


def test_without_servers_each_stack_is_on_its_own() -> None:
    assert chosen(["drf", "fastapi"]) == [
        "simple drf on gunicorn_gthread, 8 connections",
        "simple fastapi on uvicorn, 8 connections",
    ]


def test_a_stack_is_put_on_every_asked_server_that_speaks_its_interface() -> None:
    assert chosen(["drf", "fastapi"], ["uvicorn", "gunicorn_sync"]) == [
        "simple drf on uvicorn, 8 connections",
        "simple drf on gunicorn_sync, 8 connections",
        "simple fastapi on uvicorn, 8 connections",
    ]


def test_what_a_stack_does_not_offer_makes_no_cell() -> None:
    assert chosen(["floor", "drf"], ["gunicorn_gthread"], ["items"]) == ["items drf on gunicorn_gthread, 8 connections"]


def test_each_concurrency_is_a_cell() -> None:
    assert len(chosen(["drf"], levels=(1, 8, 64))) == 3


def test_without_a_concurrency_each_scenario_has_as_many_connections_as_suit_it() -> None:
    assert chosen(["drf"], scenarios=["user_list", "simple"], levels=None) == [
        f"{name} drf on gunicorn_gthread, {scenarios[name].connections} connections" for name in ("user_list", "simple")
    ]
    assert scenarios["user_list"].connections < scenarios["simple"].connections


@pytest.mark.parametrize(
    ("stacks", "servers", "scenarios", "message"),
    [
        (["drff"], [], ["simple"], r"no stack 'drff'\. Did you mean 'drf'\?"),
        (["drf"], ["apache"], ["simple"], "no server 'apache'"),
        (["drf"], [], ["nothing"], "no scenario 'nothing'"),
        (["fastapi"], ["gunicorn_sync"], ["simple"], "fastapi speaks ASGI, and none of the chosen servers does"),
        (["floor"], ["granian_wsgi"], ["items"], "None of these stacks offers any of these scenarios"),
    ],
)
def test_what_cannot_be_measured_is_said(
    stacks: list[str], servers: list[str], scenarios: list[str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        chosen(stacks, servers, scenarios)


def test_a_missing_package_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "installed", lambda package: package != "granian")
    cell = Cell(scenario="simple", stack="drf", server="granian_wsgi", concurrency=1)

    with pytest.raises(EnvironmentProblem, match=r"granian_wsgi needs the package granian, .* pip install granian"):
        selection.require_packages([cell])
