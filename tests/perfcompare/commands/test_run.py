from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from perfcompare import session
from perfcompare.core.measurement import Anchor, Cell
from perfcompare.models import Run
from perfcompare.presets import PRESETS
from perfcompare.registries import scenarios
from perfcompare.runner import generation
from perfcompare.session import Settings
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import DRF, FASTAPI, make_measured_run

pytestmark = pytest.mark.django_db
BOTH = ("--stacks", "fastapi,drf", "--scenarios", "simple")


@dataclass(kw_only=True)
class Asked:
    """What the command wanted to be measured, and how."""

    cells: list[Cell] = field(default_factory=list)
    settings: Settings = field(default_factory=lambda: Settings(seconds=0.0, warmup_s=0.0, rounds=0))

    @property
    def plain(self) -> list[Cell]:
        return [cell for cell in self.cells if cell == cell.plain]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Nothing is measured; wrk and Locust are said to be there."""
    found = Asked()

    def measure(cells: Sequence[Cell], settings: Settings, _screen: object, _prepare: object) -> Run:
        found.cells, found.settings = list(cells), settings
        return make_measured_run()

    monkeypatch.setattr(session, "measure", measure)
    monkeypatch.setattr(generation, "installed", lambda _generator: True)
    return found


@pytest.fixture
def measured(call: Call, tmp_path: Path, asked: Asked) -> Call:
    """The command with a folder of its own for its report."""
    return lambda *words: call(*words, "--folder", str(tmp_path / "report"))


def test_stacks_are_loaded_in_turns_and_at_equal_rates_unless_told_otherwise(measured: Call, asked: Asked) -> None:
    outcome = measured("run", *BOTH)

    assert (outcome.code, outcome.err) == (0, "")
    assert asked.settings.in_turns
    assert asked.settings.generator is None
    paced = [
        replace(cell, share=60, anchor=anchor)
        for anchor in (Anchor.SLOWEST, Anchor.REFERENCE)
        for cell in (FASTAPI, DRF)
    ]
    assert asked.cells == [FASTAPI, DRF, *paced]


def test_a_twin_and_a_step_are_asked_at_no_equal_rate(measured: Call, asked: Asked) -> None:
    measured("run", "--stacks", "fastapi,fastapi~twin,drf_tuned@1", "--scenarios", "simple")

    assert [cell.stack for cell in asked.plain] == ["fastapi", "fastapi~twin", "drf_tuned@1"]
    assert {cell.stack for cell in asked.cells if cell.share} == {"fastapi"}


def test_one_after_another_the_generator_rates_and_a_second_instrument_may_be_chosen(
    measured: Call, asked: Asked
) -> None:
    outcome = measured("run", *BOTH, "--sequential", "--generator", "locust", "--rates", "50")

    assert (outcome.code, outcome.err) == (0, "")
    assert (asked.settings.in_turns, asked.settings.generator) == (False, "locust")
    assert [cell for cell in asked.cells if cell.share] == [replace(cell, share=50) for cell in (FASTAPI, DRF)]
    assert [cell for cell in asked.cells if cell.instrument] == [replace(FASTAPI, instrument="wrk")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--generator", "locust"), "To choose the generator, add --sequential."),
        (("--rates", "50"), "only --sequential measures peaks. Add --sequential."),
        (("--interleaved", "--generator", "locust"), "To choose the generator, add --sequential."),
    ],
)
def test_what_only_one_after_another_has_is_refused_in_turns(
    measured: Call, asked: Asked, words: tuple[str, ...], said: str
) -> None:
    outcome = measured("run", *BOTH, *words)

    assert outcome.code == 2
    assert said in outcome.err
    assert asked.cells == []


def test_what_earlier_versions_needed_for_turns_is_accepted_and_means_nothing(
    measured: Call, call: Call, asked: Asked
) -> None:
    measured("run", *BOTH, "--interleaved")

    assert asked.settings.in_turns
    assert "--interleaved" not in call("run", "--help").out


def test_without_a_concurrency_each_scenario_has_the_connections_that_suit_it(measured: Call, asked: Asked) -> None:
    measured("run", "--stacks", "drf", "--scenarios", "simple,user_list")

    assert [cell.concurrency for cell in asked.plain] == [
        scenarios["simple"].connections,
        scenarios["user_list"].connections,
    ]
    assert len({cell.concurrency for cell in asked.plain}) == 2


def test_a_concurrency_that_is_given_is_that_of_every_scenario(measured: Call, asked: Asked) -> None:
    measured("run", "--stacks", "drf", "--scenarios", "simple,user_list", "--concurrency", "4,8")

    assert [cell.concurrency for cell in asked.plain] == [4, 8, 4, 8]


def test_the_quick_preset_has_six_scenarios_and_five_rounds(measured: Call, asked: Asked) -> None:
    measured("run", "--preset", "quick")

    assert len({cell.scenario for cell in asked.cells}) == 6
    assert (asked.settings.rounds, asked.settings.preset) == (5, "quick")
    assert {cell.stack for cell in asked.plain} == set(PRESETS["quick"].stacks())


@pytest.mark.parametrize(
    ("words", "limited"),
    [
        ((), {"simple"}),
        (("--scenarios", "simple,user_list"), {"simple", "user_list"}),
        (("--stacks", "fastapi,drf,floor"), set(PRESETS["quick"].scenarios())),
        (("--preset", "full"), set(scenarios)),
    ],
)
def test_only_the_quick_preset_leaves_out_limits_and_only_where_nothing_is_chosen(
    measured: Call, asked: Asked, words: tuple[str, ...], limited: set[str]
) -> None:
    measured("run", *words)

    assert {cell.scenario for cell in asked.plain if cell.stack == "floor"} == limited
    assert {cell.scenario for cell in asked.cells if cell.stack == "floor"} == limited


@pytest.mark.parametrize("name", ["ladder", "anatomy"])
def test_other_commands_that_compare_costs_refuse_a_generator_in_turns_as_well(measured: Call, name: str) -> None:
    chosen = {"ladder": ("--stack", "drf_tuned"), "anatomy": ("--stack", "drf")}[name]

    outcome = measured(name, *chosen, "--scenario", "simple", "--generator", "locust")

    assert outcome.code == 2
    assert "To choose the generator, add --sequential." in outcome.err


def test_a_ladder_is_loaded_in_turns_over_the_connections_of_its_scenario(measured: Call, asked: Asked) -> None:
    assert measured("ladder", "--stack", "drf", "--scenario", "user_list").code == 0

    assert asked.settings.in_turns
    assert {cell.concurrency for cell in asked.cells} == {scenarios["user_list"].connections}
    assert {"fastapi", "floor", "drf_tuned@0", "drf_tuned@12"} <= {cell.stack for cell in asked.cells}


@pytest.mark.parametrize(
    ("stack", "scenario", "server", "limits"),
    [
        ("ninja_async", "user_list", "granian_asgi", "granian_asgi"),
        ("drf", "simple", "granian_wsgi", "granian_wsgi"),
        ("drf", "user_list", "granian_wsgi", "uvicorn"),
    ],
)
def test_the_limit_of_a_ladder_is_on_its_server_or_on_one_that_can_have_it(
    measured: Call, asked: Asked, stack: str, scenario: str, server: str, limits: str
) -> None:
    measured("ladder", "--stack", stack, "--scenario", scenario, "--server", server)

    assert {cell.server for cell in asked.cells if cell.stack == "floor"} == {limits}


def test_practices_stand_beside_the_same_views_by_settings_where_they_change_something(
    measured: Call, asked: Asked
) -> None:
    both = ("--practices", "cachalot,throttled")
    assert measured("ladder", "--stack", "drf", "--scenario", "user_list,protected", *both).code == 0

    found = {(cell.scenario, cell.stack) for cell in asked.cells if cell.stack.startswith("drf_settings")}
    assert found == {
        ("user_list", "drf_settings"), ("user_list", "drf_settings+cachalot"),
        ("protected", "drf_settings"), ("protected", "drf_settings+cachalot"), ("protected", "drf_settings+throttled"),
    }  # fmt: skip
    assert {cell.server for cell in asked.cells if "+" in cell.stack} == {"granian_wsgi"}


def test_all_practices_that_fit_are_measured_unless_some_are_named(measured: Call, asked: Asked) -> None:
    assert measured("ladder", "--stack", "ninja", "--scenario", "user_list", "--practices").code == 0

    assert {cell.stack for cell in asked.cells if "+" in cell.stack} == {"ninja_tuned@0+cachalot"}


def test_practices_that_change_nothing_are_refused(measured: Call, asked: Asked) -> None:
    outcome = measured("ladder", "--stack", "drf", "--scenario", "simple", "--practices")

    assert outcome.code == 2
    assert "None of these practices changes simple" in outcome.err
    assert asked.cells == []


def test_a_sweep_is_measured_one_after_another(call: Call, asked: Asked) -> None:
    assert call("sweep", "--values", "1,8", "--generator", "locust").code == 0

    assert (asked.settings.in_turns, asked.settings.generator) == (False, "locust")
    assert {cell.concurrency for cell in asked.cells} == {1, 8}
