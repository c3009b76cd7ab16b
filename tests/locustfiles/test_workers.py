from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from perfcompare.generators.locust import senders
from perfcompare.runner.processes import ServerProcess
from tests.locustfiles.conftest import answering, url
from tests.locustfiles.running import ended, run, start
from tests.serving import serve
from tests.waiting import until

HELLO = {"message": "Hello World", "status": "success"}


def slow(_path: str) -> tuple[int, object]:
    time.sleep(0.02)
    return 200, HELLO


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The two workers, as soon as the master has them."""
    master = psutil.Process(process.pid)
    return until(lambda: children if len(children := master.children()) == 2 else [])


def at_work(server: ServerProcess) -> None:
    """Wait until the server is asked, and two seconds more."""
    process = psutil.Process(server.pid)
    until(lambda: any(one.status == psutil.CONN_ESTABLISHED for one in process.net_connections("tcp")))
    time.sleep(2)


@pytest.fixture
def asked() -> list[str]:
    """The paths that the target was asked for."""
    return []


@pytest.fixture
def target(asked: list[str]) -> Iterator[str]:
    """Slow enough to leave the processors to other tests."""

    def answer(path: str) -> tuple[int, object]:
        asked.append(path)
        return slow(path)

    with answering(answer) as host:
        yield host


def test_two_workers_send_as_one_process_does(tmp_path: Path) -> None:
    options = ["--stack", "floor", "--users", "4", "--spawn-rate", "4", "--warmup", "1", "--window", "3"]
    results = (tmp_path / "one.json", tmp_path / "two.json")
    with answering(slow) as host:
        begun = [
            start("single", "--host", host, *options, *more, result=result)
            for more, result in zip(((), senders(2)), results, strict=True)
        ]
        one, two = (ended(process, result) for process, result in zip(begun, results, strict=True))

    assert one.status == two.status == 0, two.output
    assert min(found.result["total"]["answers"] for found in (one, two)) > 0
    assert [len(found.result["processes"]) for found in (one, two)] == [1, 2]
    assert [row["users"] for row in two.result["series"]] == [4, 4, 4]


def test_a_worker_that_disappears_is_said(target: str, asked: list[str], result: Path) -> None:
    options = ["--stack", "floor", "--users", "2", "--spawn-rate", "2", "--window", "10", *senders(2)]
    process = start("single", "--host", target, *options, result=result)
    worker = workers_of(process)[0]
    until(lambda: asked)
    time.sleep(2)
    worker.send_signal(signal.SIGKILL)
    found = ended(process, result)

    assert f"process {worker.pid}) was not heard of" in " ".join(found.result["warnings"])


def test_what_was_measured_before_an_interruption_is_kept_and_marked(
    target: str, asked: list[str], result: Path
) -> None:
    process = start("single", "--host", target, "--stack", "floor", "--run-time", "60s", result=result)
    until(lambda: len(asked) > 50)
    process.send_signal(signal.SIGINT)
    found = ended(process, result)

    assert found.result["interrupted"]
    assert found.result["total"]["answers"] > 0


def test_a_run_that_reaches_its_time_is_not_interrupted(target: str, result: Path) -> None:
    found = run("single", "--host", target, "--stack", "floor", "--run-time", "3s", result=result)

    assert not found.result["interrupted"]
    assert found.result["window"]["seconds"] > 2.5, "Locust's start is no part of it"


def test_the_master_of_workers_that_run_out_of_time_has_their_last_samples(target: str, result: Path) -> None:
    options = ["--stack", "floor", "--users", "2", "--spawn-rate", "2", "--run-time", "4s", *senders(2)]
    found = run("single", "--host", target, *options, result=result)

    assert not found.result["interrupted"]
    assert found.result["series"][-1]["answers"] > 0, found.result["series"]


def test_a_killed_server_is_said_and_its_refusals_are_no_answers(tmp_path: Path, result: Path) -> None:
    with serve("floor", "uvicorn", environ=dict(os.environ), log=tmp_path / "log") as server:
        process = start("single", "--host", url(server), "--stack", "floor", "--window", "10", result=result)
        at_work(server)
        os.killpg(server.pid, signal.SIGKILL)
        found = ended(process, result)

    content = json.loads(result.read_text())
    assert found.status == 1
    assert "the target ended or hangs" in " ".join(content["warnings"])
    assert content["series"][-1]["answers"] == 0
    assert content["series"][-1]["failures"] > 0
    assert content["total"]["latency"]["max_ms"] < 5000
