from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfcompare.core.generator import LoadResult
from perfcompare.generators.locust import GENERATOR, ResultError
from perfcompare.runner import generating
from perfcompare.runner.processes import ServerProcess
from tests.perfcompare.generators.conftest import HELLO, Site, load, serving, slow
from tests.serving import serve


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    log = tmp_path_factory.mktemp("floor") / "server.log"
    with serve("floor", "uvicorn", environ=dict(os.environ), log=log) as server:
        yield server


def run(folder: Path, port: int, **changes: object) -> LoadResult:
    """What a run of the generator gives, started as the runner does."""
    asked = load(folder, port, **changes)
    with generating.begun(GENERATOR, asked, folder.parent / "stdout") as process:
        assert process.wait(60) == 0, (folder.parent / "stdout.stderr").read_text()
    return GENERATOR.parse(asked, "")


def test_all_users_ask_at_once_and_every_sample_counts(floor: ServerProcess, folder: Path) -> None:
    before = time.monotonic()
    found = run(folder, floor.port, concurrency=4, warmup_s=0.5, seconds=1.5)

    assert before < found.started_s < found.ended_s < time.monotonic()
    assert found.ended_s - found.started_s == pytest.approx(1.5)
    assert found.answers > 20
    assert found.errors == 0
    assert found.latency is not None
    assert found.latency.min_ms <= found.latency.p50_ms <= found.latency.p999_ms <= found.latency.max_ms
    assert (found.due, found.late_p99_ms) == (None, None)


def test_options_of_somebody_s_own_do_not_cut_the_window_short(
    floor: ServerProcess, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".locust.conf").write_text("run-time = 1s\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LOCUST_RUN_TIME", "1s")
    monkeypatch.setenv("LOCUST_USERS", "1")

    found = run(folder, floor.port, concurrency=4, seconds=2.0)

    assert found.ended_s - found.started_s == pytest.approx(2.0)


def test_as_many_are_under_way_as_there_are_users(folder: Path) -> None:
    """The site answers one after another, 0.1 s each: with five waiting, each waits for about five."""
    with serving(Site(answer=slow(0.1))) as site:
        found = run(folder, site.port, concurrency=5, seconds=2.0)

    assert found.latency is not None
    assert found.latency.p50_ms > 400


def test_wrong_answers_are_errors_and_no_latency(folder: Path) -> None:
    with serving(Site(answer=lambda n, _body: (500, {"detail": "x"}) if n % 2 else (200, HELLO))) as site:
        found = run(folder, site.port)

    assert found.failures == {"status 500 instead of 200": found.errors}
    assert found.answers > 0
    assert found.latency is not None


def test_refused_connections_are_errors_and_no_latency(folder: Path) -> None:
    found = run(folder, 9)

    assert found.answers == 0
    assert found.latency is None
    assert 0 < found.errors < 100
    assert next(iter(found.failures)).startswith("no answer: ConnectionRefusedError")


def test_a_server_that_ends_in_the_middle_is_said(folder: Path, tmp_path: Path) -> None:
    with serve("floor", "uvicorn", environ=dict(os.environ), log=tmp_path / "log") as server:
        threading.Timer(4.0, os.killpg, (server.pid, signal.SIGKILL)).start()
        found = run(folder, server.port, seconds=9.0)

    assert found.errors > 0
    assert any("no right answer in the last" in warning for warning in found.warnings)
    assert found.latency is not None
    assert found.latency.max_ms < 5000


def test_a_fixed_rate_is_kept_and_its_latency_counts_from_when_it_was_due(floor: ServerProcess, folder: Path) -> None:
    found = run(folder, floor.port, rate=50.0, concurrency=10, seconds=2.0)

    assert found.due == 100
    assert 80 <= found.answers <= 110
    assert found.late_p99_ms is not None


def test_two_processes_send_to_one_result(floor: ServerProcess, folder: Path) -> None:
    found = run(folder, floor.port, processes=2, concurrency=4, seconds=2.0)

    assert found.ended_s - found.started_s == pytest.approx(2.0)
    assert found.errors == 0
    assert found.answers > 20
    content = (folder / "result.json").read_text()
    assert content.count('"cpu_share"') == 2
    assert "joined" not in content


def test_an_interrupted_run_gives_no_figure(floor: ServerProcess, folder: Path) -> None:
    asked = load(folder, floor.port, seconds=30.0)
    with generating.begun(GENERATOR, asked, folder.parent / "stdout") as process:
        time.sleep(5)
        process.terminate()
        process.wait(30)

    with pytest.raises(ResultError, match="interrupted"):
        GENERATOR.parse(asked, "")


def test_no_result_gives_no_figure(folder: Path) -> None:
    with pytest.raises(ResultError, match="left no result"):
        GENERATOR.parse(load(folder, 1), "")
