from __future__ import annotations

import pytest

from perfcompare.core.http import Expected, Request
from perfcompare.core.scenario import Case
from perfcompare.plugins import servers
from perfcompare.registries import levers, scenarios, stacks
from perfcompare.targets.demonstration import differences

CASE = Case(name="hello", request=Request(path="simple"), expected=Expected())
OTHER = Expected(status=418)


def _answer(stack: str | None, server: str | None) -> differences.Answer:
    return differences.Answer(
        scenario="simple", case="hello", expected=OTHER, reason="made up", stack=stack, server=server
    )


def test_the_contract_holds_where_nothing_else_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "ANSWERS", ())

    assert differences.expected("drf", "uvicorn", "simple", CASE) is CASE.expected


@pytest.mark.parametrize(
    ("stack", "server", "concerned"),
    [("drf", None, True), (None, "uvicorn", True), ("drf", "uvicorn", True), ("adrf", None, False), (None, "x", False)],
)
def test_a_difference_concerns_its_stack_or_server(
    monkeypatch: pytest.MonkeyPatch, stack: str | None, server: str | None, concerned: bool
) -> None:
    monkeypatch.setattr(differences, "ANSWERS", (_answer(stack, server),))

    assert (differences.expected("drf", "uvicorn", "simple", CASE) is OTHER) is concerned


def test_a_difference_concerns_its_case_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "ANSWERS", (_answer("drf", None),))
    another = Case(name="another", request=CASE.request, expected=CASE.expected)

    assert differences.expected("drf", "uvicorn", "simple", another) is CASE.expected
    assert differences.expected("drf", "uvicorn", "items", CASE) is CASE.expected


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
def test_what_waits_with_its_database_is_a_stack_by_settings_alone(one: differences.Waits) -> None:
    assert one.reason.endswith(".")
    assert stacks[one.stack].by_settings
    assert not stacks[one.stack].levers
    assert differences.waits(one.stack)
    assert not differences.waits("drf_tuned")


@pytest.mark.parametrize("one", [*differences.ANSWERS, *differences.STATEMENTS])
def test_every_difference_names_what_exists_and_has_a_reason(one: differences.Answer | differences.Statements) -> None:
    assert one.reason.endswith(".")
    assert one.scenario in scenarios
    assert one.stack is None or one.stack in stacks
    if isinstance(one, differences.Statements):
        assert one.lever is None or one.lever in levers
        assert (one.stack is None) != (one.lever is None)
    if isinstance(one, differences.Answer):
        assert one.server is None or one.server in servers
        assert (one.stack, one.server) != (None, None)
