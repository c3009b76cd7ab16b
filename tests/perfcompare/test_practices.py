from __future__ import annotations

import pytest

from perfcompare.core.errors import UsageError
from perfcompare.core.measurement import Cell
from perfcompare.core.stack import original, plain, prefix
from perfcompare.registries import practices, scenarios, stacks
from perfcompare.report.data.kinds import STUDIED, Kind, kind
from perfcompare.targets.demonstration.catalog import CATALOG
from perfcompare.targets.demonstration.programs import program
from tests.perfcompare.factories import ONE, make_target


def test_a_practice_is_added_to_what_a_stack_has() -> None:
    stack, without = stacks["drf_settings+cachalot"], stacks["drf_settings"]

    assert stack.label == f"{without.label} + django-cachalot"
    assert [one.label for one in stack.by_settings] == [*(one.label for one in without.by_settings), "django-cachalot"]
    assert set(stack.packages) - set(without.packages) == {"django-cachalot"}
    assert stack.scenarios == practices["cachalot"].scenarios


def test_practices_follow_each_other_and_steps_and_have_twins() -> None:
    name = "drf_tuned@2+cache_page+throttled~twin"

    assert stacks[name].label.endswith("+ cache_page + throttling, 1000/hour (twin)")
    assert stacks[name].levers == stacks["drf_tuned@2"].levers
    assert (plain(name), prefix(name), original(name)) == ("drf_tuned", "/api/drf_tuned/", name.removesuffix("~twin"))


def test_practices_are_found_and_not_listed() -> None:
    assert not [name for name in stacks if "+" in name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("drf+cachelot", "There is no practice 'cachelot'. Did you mean 'cachalot'"),
        ("fastapi+cachalot", "The practice cachalot does not fit fastapi. It fits: .*drf, "),
        ("floor+throttled", "The practice throttled does not fit floor"),
        (
            "ninja+throttled+cache_page",
            "The practice cache_page does not fit ninja. It fits: drf, drf_settings",
        ),
        ("drf+cachalot~thin", r"Write drf\+cachalot~twin"),
    ],
)
def test_what_does_not_fit_is_said(name: str, said: str) -> None:
    assert name not in stacks
    with pytest.raises(UsageError, match=said):
        stacks.choose([name])


def test_a_server_is_told_what_the_practice_needs() -> None:
    told = program("fastapi+throttled", "uvicorn", environ={}).environ

    assert told["THROTTLE_RATE"] == "1000/hour"
    assert "THROTTLE_RATE" not in program("fastapi", "uvicorn", environ={}).environ


def test_an_answer_from_a_cache_takes_the_statements_that_are_declared() -> None:
    def statements(stack: str, scenario: str) -> int:
        cell = Cell(scenario=scenario, stack=stack, server="granian_wsgi", concurrency=1)
        return make_target(ONE, {}).statements(cell)

    assert statements("drf_settings", "user_list") == 3
    assert statements("drf_settings+cachalot", "user_list") == statements("drf+cache_page~twin", "user_list") == 0
    assert statements("drf+own_pages", "user_list") == 3
    assert statements("drf+throttled+cachalot", "protected") == 0
    assert (statements("drf+throttled", "protected"), statements("fastapi+throttled~twin", "protected")) == (1, 2)


@pytest.mark.parametrize("name", ["drf+cachalot", "drf_tuned@1+cachalot"])
def test_a_stack_with_a_practice_is_no_contender(name: str) -> None:
    assert kind(CATALOG, name) is Kind.PRACTICE
    assert kind(CATALOG, f"{name}~twin") is Kind.VARIANT
    assert Kind.PRACTICE in STUDIED


@pytest.mark.parametrize("practice", practices)
def test_a_practice_names_scenarios_and_fits_a_stack(practice: str) -> None:
    one = practices[practice]

    assert one.scenarios <= set(scenarios)
    assert "drf_settings" in stacks.having(practice)
