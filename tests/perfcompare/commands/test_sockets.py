from __future__ import annotations

import json
from typing import Any

import pytest

from perfcompare.commands import sockets as command
from perfcompare.commands.sockets import Meeting
from perfcompare.models import Run
from perfcompare.runner.rooms import Level
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_sockets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_data")]


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is started. The layer in memory loses messages."""

    def level(visit: Meeting, *_: Any) -> Level:
        given: dict[str, Any] = {"lost": 3} if visit.stack == "channels_memory" else {}
        return make_sockets(visit.wanted, traffic=visit.traffic, **given)

    monkeypatch.setattr(command, "_measured", level)


def rows(shown: str, room: str) -> list[list[str]]:
    """The figures of its broadcasts, the fewest sockets first."""
    table = shown.partition(f"{room} on uvicorn: broadcast\n")[2].splitlines()
    return [line.split() for line in table[2:4]]


@pytest.mark.usefixtures("measured")
def test_each_room_has_a_table_and_sentences(call: Call) -> None:
    outcome = call("sockets", "--levels", "500,50")

    assert outcome.code == 0
    assert "1/20 channels on uvicorn, 50 sockets, echo; about" in outcome.out
    assert "20/20 fastapi_redis on uvicorn, 500 sockets, broadcast" in outcome.out
    assert "Django channels, Redis on uvicorn" in outcome.out
    assert "  50: 3 messages were lost." in outcome.out
    assert rows(outcome.out, "Django channels, memory")[0][2:8] == ["-"] * 6
    assert rows(outcome.out, "Django channels, Redis")[0][4:6] == ["9.00", "50.0"]


@pytest.mark.usefixtures("measured")
def test_programs_get_json(call: Call) -> None:
    one, other = json.loads(call("sockets", "--rooms", "fastapi", "--levels", "50", "--json").out)

    assert (one["stack"], one["server"], one["traffic"], one["kib_per_socket"]) == ("fastapi", "uvicorn", "echo", 20.0)
    assert (other["traffic"], other["valid"], other["limited"]) == ("broadcast", True, False)


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--rooms", "fastapi,channels", "--workers", "2"), "A message of fastapi reaches the sockets of one process"),
        (("--servers", "gunicorn_sync"), "gunicorn_sync serves WSGI applications"),
        (("--rooms", "drf"), "drf"),
        (("--traffic", "silence"), "There is no traffic silence. Choose from: echo, broadcast."),
    ],
)
def test_what_no_room_can_do_is_refused(call: Call, words: tuple[str, ...], message: str) -> None:
    outcome = call("sockets", *words)

    assert outcome.code == 2
    assert message in outcome.err


@pytest.mark.usefixtures("measured")
def test_with_several_workers_only_rooms_with_redis_are_measured(call: Call) -> None:
    found = json.loads(call("sockets", "--levels", "50", "--workers", "2", "--json").out)

    assert {row["stack"] for row in found} == {"channels", "channels_pubsub", "fastapi_redis"}


def test_times_of_a_client_that_was_busy_are_not_shown(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_measured", lambda visit, *_: make_sockets(visit.wanted, client_share=0.95))

    outcome = call("sockets", "--rooms", "fastapi", "--levels", "50")

    assert "The client itself was busy for 95% of the time, so rates and times do not count." in outcome.out
    assert "9.00" not in outcome.out
    assert "50.0" in outcome.out


def test_a_server_is_measured(call: Call) -> None:
    words = ("--rooms", "channels", "--traffic", "broadcast", "--levels", "5", "--seconds", "0.1", "--json")

    (row,) = json.loads(call("sockets", *words).out)

    assert (row["valid"], row["opened"], row["trouble"]) == (True, 5, "")
    assert row["right"] == 5 * row["sent"] > 5
    assert row["cpu_us"] > 0
    assert Run.objects.newest().options["sockets"][0]["opened"] == 5
