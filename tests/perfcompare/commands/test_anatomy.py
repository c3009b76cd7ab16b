from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

import pytest

from perfcompare.anatomy.counts import Counts
from perfcompare.anatomy.split import Split
from perfcompare.commands import anatomy
from perfcompare.models import side_results
from perfcompare.models.side_results import Group
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run, objection

SPLIT = Split(
    in_process=200.0,
    by_difference={"middleware": 20.0},
    layers={"ORM": 150.0, "rendering": 50.0},
    groups=(Group(name="inside the view", by_difference=180.0, by_sampling=200.0),),
    disagreement=0.1,
)
COUNTS = Counts(hops=1.0, threads=0.0, statements=2.0)


@pytest.mark.parametrize(("stack", "server"), [("drf_naive", "gunicorn_gthread"), ("floor", "granian_wsgi")])
def test_a_stack_without_the_scenario_is_a_usage_error(call: Call, stack: str, server: str) -> None:
    outcome = call("anatomy", "--stack", f"drf,{stack}", "--scenario", "user_list", "--server", server)

    assert outcome.code == 2
    assert f"{stack} does not offer user_list on {server}" in outcome.err


def test_several_stacks_are_taken_apart_each_above_a_bare_callable_on_its_server() -> None:
    cells = anatomy._cells(Namespace(stack=["drf", "fastapi", "ninja"], scenario="simple", server=None))

    assert [cell.stack for cell in cells] == ["drf", "fastapi", "ninja"]
    beneath = anatomy._beneath(cells)
    assert {cell.stack for cell in beneath} == {"floor"}
    assert sorted(cell.server for cell in beneath) == sorted({cell.server for cell in cells})


@pytest.mark.django_db
def test_what_is_stored_comes_from_valid_trials_while_there_are_any() -> None:
    floor = replace(DRF, stack="floor")
    run = make_run([DRF, floor, FASTAPI], rounds=2)
    run.record(make_measurement(DRF, round=1, cpu_us=300.0))
    run.record(make_measurement(DRF, round=2, cpu_us=900.0, objections=(objection("steal", "much"),)))
    run.record(make_measurement(floor, round=1, cpu_us=40.0, objections=(objection("steal", "much"),)))

    found = anatomy._anatomy(run, DRF, SPLIT, COUNTS)

    assert [found.under_server, found.floor] == pytest.approx([300.0, 40.0])
    assert found.valid == 1
    assert [part.name for part in found.layers] == ["ORM", "rendering"]
    side_results.keep_anatomies(run, [found])
    assert side_results.anatomies(run.options) == (found,)


@pytest.mark.django_db
def test_the_table_says_when_no_trial_was_valid() -> None:
    run = make_run([DRF, replace(DRF, stack="floor")])
    for stack in ("drf", "floor"):
        run.record(make_measurement(replace(DRF, stack=stack), objections=(objection("steal", "much"),)))

    assert "no trial was valid" in "\n".join(anatomy.lines(anatomy._anatomy(run, DRF, SPLIT, COUNTS)))
