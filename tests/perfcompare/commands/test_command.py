from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from io import StringIO
from types import MappingProxyType

import pytest
from django.core.management.base import OutputWrapper

from perfcompare.commands._command import Command, Output
from perfcompare.core import errors
from perfcompare.management.commands import perfcompare
from tests.perfcompare.commands.conftest import Call

SUBCOMMANDS = ("export", "list", "report", "runs", "show")

STORING = ("anatomy", "ladder", "locust", "run", "sweep")
"""They store each trial in a run as soon as there is one."""


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def raising(error: BaseException) -> Command:
    def run(_options: Namespace, _output: Output) -> None:
        raise error

    return Command(help="fails", arguments=lambda _parser: None, run=run)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One subcommand for each way to fail."""
    kinds = {
        "wrong": errors.WrongAnswerError("drf answers wrongly"),
        "missing": errors.EnvironmentProblem("no postgres"),
        "busy": errors.RunInProgressError("another run"),
        "terminated": errors.Interrupted(15),
        "keyboard": KeyboardInterrupt(),
    }
    found = {name: raising(error) for name, error in kinds.items()}
    monkeypatch.setattr(perfcompare.subcommands, "_items", MappingProxyType(found))


def test_every_subcommand_is_in_the_help(call: Call) -> None:
    outcome = call("--help")

    assert outcome.code == 0
    assert all(name in outcome.out for name in SUBCOMMANDS)


def test_without_a_subcommand_the_help_is_shown(call: Call) -> None:
    outcome = call()

    assert outcome.code == 0
    assert all(name in outcome.out for name in SUBCOMMANDS)


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_help(call: Call, name: str) -> None:
    outcome = call(name, "--help")

    assert outcome.code == 0
    assert f"perfcompare {name}" in outcome.out


@pytest.mark.parametrize("name", ["agreement", "anatomy", "ladder", "run", "study", "sweep"])
def test_help_says_that_wrk_rounds_up_to_whole_seconds(call: Call, name: str) -> None:
    assert "wrk rounds it up to whole seconds" in " ".join(call(name, "--help").out.split())


def test_an_unknown_subcommand_is_told_the_nearest_and_all(call: Call) -> None:
    outcome = call("shwo")

    assert (outcome.code, outcome.out) == (2, "")
    assert "Did you mean 'show'?" in outcome.err
    assert all(name in outcome.err for name in SUBCOMMANDS)


def test_an_unknown_option_is_a_usage_error(call: Call) -> None:
    assert call("list", "--nothing").code == 2


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("wrong", 3, "drf answers wrongly\n"),
        ("missing", 4, "no postgres\n"),
        ("busy", 5, "another run\n"),
        ("terminated", 143, "Interrupted. Nothing is stored.\n"),
        ("keyboard", 130, ""),
    ],
)
def test_an_error_is_a_message_and_an_exit_code(call: Call, name: str, code: int, message: str) -> None:
    outcome = call(name)

    assert (outcome.code, outcome.out, outcome.err) == (code, "", message)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        *((name, "Finished trials are stored: manage.py perfcompare runs") for name in STORING),
        ("study", "Finished rounds are stored. The same command continues the study."),
        ("profile", "Finished profiles are stored: /admin/perfcompare/profile/"),
        *((name, "Nothing is stored.") for name in ("agreement", "connections", "doctor", "serialize")),
    ],
)
def test_an_interrupted_command_says_what_it_has_kept(
    call: Call, monkeypatch: pytest.MonkeyPatch, name: str, kept: str
) -> None:
    stopped = replace(perfcompare.subcommands[name], run=raising(errors.Interrupted(2)).run, arguments=_nothing)
    monkeypatch.setattr(perfcompare.subcommands, "_items", {name: stopped})

    outcome = call(name)

    assert (outcome.code, outcome.err) == (130, f"Interrupted. {kept}\n")


def test_output_writes_lines() -> None:
    stream = StringIO()
    output = Output(OutputWrapper(stream))

    output.write("one")
    output.write("two", end="")
    output.write()

    assert stream.getvalue() == "one\ntwo\n"


def test_output_knows_a_terminal() -> None:
    assert Output(OutputWrapper(Terminal())).terminal
    assert not Output(OutputWrapper(StringIO())).terminal


@pytest.mark.parametrize(
    ("variables", "options", "colour"),
    [
        ({}, [], True),
        ({"NO_COLOR": "1"}, [], False),
        ({"TERM": "dumb"}, [], False),
        ({}, ["--no-color"], False),
        ({"NO_COLOR": "1"}, ["--force-color"], True),
    ],
)
def test_colours_are_for_a_terminal_that_wants_them(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], options: list[str], colour: bool
) -> None:
    seen: list[bool] = []
    peek = Command(help="", arguments=_nothing, run=lambda _options, output: seen.append(output.colour))
    monkeypatch.setattr(perfcompare.subcommands, "_items", {"peek": peek})
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    perfcompare.Command(stdout=Terminal()).run_from_argv(["manage.py", "perfcompare", *options, "peek"])

    assert seen == [colour]


def _nothing(_parser: ArgumentParser) -> None:
    pass


@pytest.mark.parametrize("place", [0, 1])
def test_settings_are_named_before_or_after_the_subcommand(place: int) -> None:
    parser = perfcompare.Command().create_parser("manage.py", "perfcompare")
    words = ["list"]
    words[place:place] = ["--settings", "shop.settings.production"]

    assert parser.parse_args(words).settings == "shop.settings.production"
