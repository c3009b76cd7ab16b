from __future__ import annotations

import pytest

from perfcompare.core.target import FLOOR
from perfcompare.registries import levers, practices, scenarios, stacks
from perfcompare.targets.demonstration import differences


@pytest.mark.parametrize("status", [413, 415, 422, 429])
def test_the_limit_does_not_look_for_what_no_right_answer_needs(status: int) -> None:
    assert not differences.checks("floor", status)
    assert differences.checks("fastapi", status)


@pytest.mark.parametrize("status", [200, 201, 400, 401, 404, 405, 502, 503, 504])
def test_everything_else_is_checked_everywhere(status: int) -> None:
    assert all(differences.checks(stack, status) for stack in stacks)


def test_statements_are_the_contracts_unless_written_otherwise() -> None:
    create = scenarios["user_create"]

    assert differences.statements("fastapi", (), "user_create", create) == create.statements
    assert differences.statements("drf", (), "user_create", create) == 2


def test_a_step_of_a_ladder_sends_what_its_own_levers_make_it_send() -> None:
    create, tuned = scenarios["user_create"], stacks["drf_tuned"]
    step = 1 + tuned.levers.index("insert_first")

    sent = [
        differences.statements("drf_tuned", stacks[f"drf_tuned@{number}"].levers, "user_create", create)
        for number in (0, step - 1, step, len(tuned.levers))
    ]
    assert sent == [2, 2, 1, 1]


@pytest.mark.parametrize("one", differences.WAITING)
def test_what_waits_with_its_database_has_neither_levers_nor_a_clock(one: differences.Waits) -> None:
    assert one.reason.endswith(".")
    assert stacks[one.stack].by_settings or one.stack == FLOOR
    assert not stacks[one.stack].levers
    assert differences.waits(one.stack)
    assert not differences.waits("drf_tuned")


@pytest.mark.parametrize("one", differences.STATEMENTS)
def test_every_difference_names_what_exists_and_has_a_reason(one: differences.Statements) -> None:
    assert one.reason.endswith(".")
    assert one.scenario in scenarios
    assert one.stack is None or one.stack in stacks
    assert one.lever is None or one.lever in levers
    assert one.practice is None or one.scenario in practices[one.practice].scenarios
    assert sum(name is not None for name in (one.stack, one.lever)) == 1 or one.practice


@pytest.mark.parametrize("one", differences.UNCHECKED)
def test_what_is_not_checked_names_a_stack_and_has_a_reason(one: differences.Unchecked) -> None:
    assert one.reason.endswith(".")
    assert one.stack in stacks
    assert all(400 <= status < 500 for status in one.statuses)
