from __future__ import annotations

import os
import signal
import socket
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from perfcompare.core.errors import Interrupted, UsageError
from perfcompare.locust_tests import load
from perfcompare.locust_tests.rows import UNSEEN
from perfcompare.models import Measurement, Run
from tests.perfcompare.locust_tests.conftest import meanwhile, plan
from tests.perfcompare.screens import Paper
from tests.serving import serve
from tests.waiting import until

pytestmark = pytest.mark.django_db


def rows(run: Run) -> list[Measurement]:
    return list(run.measurements.all())


def codes(row: Measurement) -> set[str]:
    return {one.code for one in row.against}


def answering(folder: Path) -> bool:
    """Whether Locust is at work: only then has its server connections of clients."""
    connected = False
    for one in servers():
        with suppress(psutil.Error):
            connected |= any(each.status == psutil.CONN_ESTABLISHED for each in one.net_connections("tcp4"))
    return connected and any(folder.glob("runs/*/*/generator/locust.stdout"))


def servers() -> list[psutil.Process]:
    """The servers that this process has started and that run."""
    found = []
    for one in psutil.Process().children():
        with suppress(psutil.Error):  # it ended meanwhile
            if "uvicorn" in " ".join(one.cmdline()):
                found.append(one)
    return found


def test_a_scenario_asked_alone_is_a_row_like_those_of_other_runs(ready: Path) -> None:
    stored = load(plan(users=2, seconds=2.0, warmup_s=0.5), Paper())

    (row,) = rows(stored)
    assert (stored.state, stored.rounds) == ("finished", 1)
    assert stored.planned_cells() == [row.cell]
    assert (row.scenario, row.stack, row.server, row.concurrency) == ("simple", "floor", "uvicorn", 2)
    assert (row.generator, row.errors, row.seconds) == ("locust", 0, 2.0)
    assert row.server_cpu_us is not None
    assert 0 < row.server_cpu_us < 1e6
    assert [second["second"] for second in row.series] == [0, 1]
    assert sum(second["answers"] for second in row.series) == row.answers
    assert row.configuration["processes"] >= 1
    assert row.command


def test_a_journey_has_a_row_of_its_own_and_one_for_each_request(ready: Path) -> None:
    asked = plan(
        file="compare", stacks=("floor", "fastapi"), scenarios=("simple",), users=4, seconds=2.0, rounds=2,
        further=("--think", "0.05"),
    )  # fmt: skip
    screen = Paper()
    stored = load(asked, screen)

    first = [row for row in rows(stored) if row.round == 1]
    assert {(row.stack, row.scenario) for row in first} == {
        (stack, name) for stack in ("floor", "fastapi") for name in ("compare", "compare GET simple")
    }
    assert len(rows(stored)) == 8
    for row in first:
        assert row.concurrency == 2
        assert row.error == ""
        assert (row.server_cpu_us is not None) == (row.scenario == "compare"), "of a request alone nobody knows it"
        assert row.database_cpu_us is None, "two stacks share the database"
        assert "little's law" not in codes(row), "users think"
    assert screen.text.count("http://127.0.0.1:") == 4, "a server for each stack in each round"


def test_an_interrupted_run_says_so_and_keeps_what_it_has(ready: Path) -> None:
    def interrupt() -> None:
        until(lambda: answering(ready))
        os.kill(os.getpid(), signal.SIGINT)

    meanwhile(interrupt)
    with pytest.raises(Interrupted):
        load(plan(users=2, seconds=60.0), Paper())

    stored = Run.objects.newest()
    assert stored.state == "interrupted"
    (row,) = rows(stored)
    assert "interrupted" in codes(row) or "interrupted" in row.error
    assert not psutil.Process().children()


def test_a_killed_server_is_said_and_its_refusals_are_in_no_figure(ready: Path) -> None:
    def kill() -> None:
        until(lambda: answering(ready))
        servers()[0].kill()

    meanwhile(kill)
    stored = load(plan(users=2, seconds=60.0), Paper())

    (row,) = rows(stored)
    assert not row.valid
    assert "the server of floor ended under load" in " ".join(map(str, row.against))
    assert row.max_ms is None or row.max_ms < 5000


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    log = tmp_path / "elsewhere.log"
    with serve("floor", "uvicorn", environ=dict(os.environ), log=log) as process:
        yield f"http://{process.host}:{process.port}"


def test_of_a_target_elsewhere_no_server_figure_is_made_up(ready: Path, elsewhere: str) -> None:
    (row,) = rows(load(plan(users=2, seconds=2.0, target=elsewhere), Paper()))

    assert (row.server, row.errors) == ("elsewhere", 0)
    assert row.goodput is not None
    assert (row.server_cpu_us, row.pss_peak_kib, row.start_s, row.command) == (None, None, None, [])
    assert UNSEEN in row.warnings


def test_s6_another_machine_needs_consent_and_nothing_is_stored_without_it(ready: Path) -> None:
    with pytest.raises(UsageError, match=r"198\.51\.100\.1.*--allow-remote"):
        load(plan(target="http://198.51.100.1"), Paper())

    assert not Run.objects.exists()


def test_options_that_locust_does_not_take_are_said_with_its_words(ready: Path) -> None:
    with pytest.raises(UsageError, match="unrecognized arguments: --nonsense"):
        load(plan(users=1, seconds=1.0, further=("--nonsense",)), Paper())

    assert Run.objects.newest().state == "failed"


def test_what_answers_wrongly_is_not_loaded(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfcompare.locust_tests.hosts.check", lambda *_arguments, **_more: "it is broken")
    (row,) = rows(load(plan(users=1, seconds=1.0), Paper()))

    assert row.error == "wrong answer: floor answers simple wrongly: it is broken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def asked_of(url: str, **form: str) -> str | None:
    """What Locust's web interface answers; None when it does not."""
    data = urllib.parse.urlencode(form).encode() if form else None
    with suppress(OSError), urllib.request.urlopen(url, data, timeout=5) as reply:  # noqa: S310
        return str(reply.read().decode())
    return None


def test_each_test_of_a_person_in_the_web_interface_is_a_round(ready: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    def stored_tests() -> int:
        return len(list(ready.glob("runs/*/*/generator/result-*.json")))

    def play() -> None:
        for number in (1, 2):
            until(lambda: asked_of(f"{url}/swarm", user_count="2", spawn_rate="2", stack="floor"))
            time.sleep(3)
            asked_of(f"{url}/stop", now="")
            until(lambda: stored_tests() == number)  # noqa: B023
        os.kill(os.getpid(), signal.SIGINT)

    meanwhile(play)
    screen = Paper()
    stored = load(plan(web_port=port), screen)

    assert url in screen.text
    assert [row.error for row in rows(stored)] == ["", ""]
    assert stored.state == "finished", "a person ends it in this way"
    assert (Run.objects.newest().rounds, [row.round for row in rows(stored)]) == (2, [1, 2])
    assert [(row.errors, row.server_cpu_us is None, codes(row) & {"ended", "interrupted"}) for row in rows(stored)] == [
        (0, False, set()), (0, False, set()),
    ]  # fmt: skip
