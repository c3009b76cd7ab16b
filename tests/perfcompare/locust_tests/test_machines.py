"""Locust on several hosts: a master, workers and a target, each in a network of its own.

Where this machine makes no such hosts the tests fail and say why: nothing else would show that hosts are kept apart.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from perfcompare.core import env
from perfcompare.locust_tests import results
from perfcompare.locust_tests.rows import rows
from tests.perfcompare.locust_tests.conftest import plan
from tests.perfcompare.locust_tests.hosts import Machine, machines, refusal
from tests.waiting import until

HELLO = '{"message": "Hello World", "status": "success"}'
SERVER = """
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", -1
    def do_GET(self):
        time.sleep(0.02)  # what shares this machine has its processors meanwhile
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sys.argv[2])))
        self.end_headers()
        self.wfile.write(sys.argv[2].encode())
    def log_message(self, *_):
        pass
ThreadingHTTPServer((sys.argv[1], 8000), Handler).serve_forever()
"""
LOCUST = str(Path(sys.executable).with_name("locust"))
FILE = str(env.ROOT / "locustfiles" / "single.py")


class Site:
    """A master, hosts for workers, and a target."""

    def __init__(self, places: list[Machine], folder: Path) -> None:
        self.master, self.target, *self.places = places
        self.folder = folder
        self.result = folder / "result.json"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, place: Machine, *argv: str) -> subprocess.Popen[bytes]:
        """A process on that host."""
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                place.argv(argv), cwd=env.ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(env.ROOT)},
            )  # fmt: skip
        self.processes.append(process)
        return process

    def direct(self, seconds: float, workers: int) -> subprocess.Popen[bytes]:
        """The master, as the command starts it."""
        asked = plan(
            users=4, seconds=seconds, warmup_s=0.5, expect_workers=workers, bind=self.master.address,
            target=f"http://{self.target.address}:8000", allow_remote=True,
        )  # fmt: skip
        asked.check()
        argv = asked.argv({"floor": asked.target or ""}, self.result, 1)
        return self.start(self.master, LOCUST, *argv[1:])

    def work(self, number: int) -> subprocess.Popen[bytes]:
        """A worker, as docs/locust.md says."""
        words = ("--worker", "--master-host", self.master.address, "--loglevel", "WARNING")
        return self.start(self.places[number], LOCUST, "-f", FILE, *words)

    def said(self) -> results.Result:
        """The result, when it is there."""
        return results.read(self.result.read_text())

    def document(self) -> Any:
        return json.loads(self.result.read_text())


@contextmanager
def open_site(folder: Path) -> Iterator[Site]:
    """Its processes and hosts are gone after the block."""
    reason = refusal()
    if reason is not None:
        pytest.fail(f"{reason} Locust on several hosts stays untested here.")
    with machines(5) as places:
        made = Site(places, folder)
        made.start(made.target, sys.executable, "-c", SERVER, made.target.address, HELLO)
        try:
            yield made
        finally:
            for process in made.processes:
                process.kill()
                process.wait()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as made:
        yield made


def test_a_master_two_workers_and_a_target_on_four_hosts(site: Site) -> None:
    for number in (0, 1):
        site.work(number)
    assert site.direct(4.0, 2).wait(90) == 0, (site.folder / "3.log").read_text()

    (row,) = rows(site.said(), {}, number=1, users=4, ended=None)
    assert row.cell.server == "elsewhere"
    assert len(site.document()["processes"]) == 2
    assert site.document()["warnings"] == []
    assert (site.document()["total"]["errors"], site.document()["interrupted"]) == (0, False)
    assert all(second["answers"] for second in site.document()["series"])


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A run in which one of two workers disappears, and a third one joins."""
    with open_site(tmp_path_factory.mktemp("changing")) as made:
        made.work(0)
        lost = made.work(1)
        master = made.direct(14.0, 2)
        _at_work(made)
        time.sleep(2)
        lost.kill()
        time.sleep(2)
        made.work(2)
        master.wait(120)
    return made


def test_a_worker_that_disappears_in_mid_run_makes_the_row_invalid(changing: Site) -> None:
    (row,) = rows(changing.said(), {}, number=1, users=4, ended=None)
    assert any("was not heard of in the last" in reason for reason in map(str, row.objections))  # type: ignore[union-attr]


def test_a_worker_that_joins_late_makes_the_row_invalid(changing: Site) -> None:
    (row,) = rows(changing.said(), {}, number=1, users=4, ended=None)
    assert any("s after the start" in reason for reason in map(str, row.objections))  # type: ignore[union-attr]
    assert len(changing.document()["processes"]) == 3


def test_the_window_begins_once_while_workers_come_and_go(changing: Site) -> None:
    assert changing.document()["window"]["seconds"] == pytest.approx(14.0, abs=0.01)


def _at_work(site: Site) -> None:
    """Wait until the target has connections of workers."""
    argv = site.target.argv(["ss", "-Htn", "state", "established", "sport", "=", ":8000"])
    until(lambda: subprocess.run(argv, capture_output=True, check=True).stdout.strip())
