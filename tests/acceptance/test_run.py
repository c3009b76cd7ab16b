"""The command line as users run, interrupt and kill it. The ids of the acceptance tests: docs/reliability.md."""

from __future__ import annotations

import signal
from typing import Final

import pytest

from tests.acceptance.conftest import Laboratory
from tests.holding import held
from tests.waiting import until

RUN: Final = (
    *("perfcompare", "run", "--stacks", "floor,fastapi", "--scenarios", "simple", "--concurrency", "2"),
    *("--users", "20", "--seconds", "0.3", "--warmup", "0.2"),
)
STORED: Final = "\n2/"
"""How progress begins to speak of the second trial, when the first one is stored."""


@pytest.mark.parametrize(("signum", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_r1_an_interrupted_run_keeps_what_it_has_and_leaves_no_process(
    laboratory: Laboratory, signum: signal.Signals, status: int
) -> None:
    with laboratory.started(*RUN, "--rounds", "50", "--folder", str(laboratory.folder / "report")) as run:
        run.wait_for(STORED)
        run.process.send_signal(signum)
        assert run.process.wait(timeout=60) == status, run.log.read_text()
    until(lambda: not laboratory.processes())

    with held(laboratory.folder):
        document = laboratory.newest()
        shown = laboratory.call("perfcompare", "show", "latest")
        done = laboratory.call("perfcompare", "report", "latest", "--folder", str(laboratory.folder / "report"))

    assert document["run"]["state"] == "interrupted"
    assert 0 < len(document["measurements"]) < 100
    assert (shown.returncode, "interrupted" in shown.stdout) == (0, True)
    assert done.returncode == 0, done.stderr
    assert "interrupted" in (laboratory.folder / "report" / "index.html").read_text()


def test_r2_a_killed_run_leaves_no_process_is_interrupted_and_the_next_one_works(laboratory: Laboratory) -> None:
    with laboratory.started(*RUN, "--rounds", "50", "--folder", str(laboratory.folder / "report")) as run:
        run.wait_for(STORED)
        run.process.kill()
        run.process.wait()
    until(lambda: not laboratory.processes())

    with held(laboratory.folder):
        listed = laboratory.call("perfcompare", "runs")
        killed = laboratory.newest()
        done = laboratory.call(*RUN, "--rounds", "1", "--folder", str(laboratory.folder / "report"))
        following = laboratory.newest()

    assert "running" not in listed.stdout
    assert killed["run"]["state"] == "interrupted"
    assert done.returncode == 0, done.stderr
    assert following["run"]["state"] == "finished"


def test_r11_a_report_that_cannot_be_written_leaves_the_earlier_one_and_says_so(laboratory: Laboratory) -> None:
    folder = laboratory.folder / "kept"
    with held(laboratory.folder):
        assert laboratory.call(*RUN, "--rounds", "1", "--folder", str(folder)).returncode == 0
        earlier = (folder / "index.html").read_bytes()
        (folder / "data.json").unlink()
        (folder / "data.json").mkdir()
        done = laboratory.call("perfcompare", "report", "latest", "--folder", str(folder))
        after = laboratory.call("perfcompare", "runs")

    assert done.returncode == 4
    assert f"Cannot write {folder / 'data.json'}: Is a directory." in done.stderr
    assert (folder / "index.html").read_bytes() == earlier
    assert after.returncode == 0


def test_r13_a_second_run_at_once_is_refused_and_names_the_first(laboratory: Laboratory) -> None:
    with laboratory.started(*RUN, "--rounds", "50", "--folder", str(laboratory.folder / "report")) as run:
        run.wait_for(STORED)
        second = laboratory.call(*RUN, "--rounds", "1")
        assert run.process.poll() is None
        run.process.terminate()
        run.process.wait(timeout=60)

    assert second.returncode == 5
    assert f"Process {run.process.pid}, started " in second.stderr
