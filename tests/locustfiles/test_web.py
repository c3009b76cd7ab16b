from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from perfcompare.core import env
from perfcompare.runner.processes import ServerProcess
from tests.locustfiles.conftest import url
from tests.locustfiles.running import LOCUST, environ
from tests.waiting import until

FORM = {"user_count": "2", "spawn_rate": "2", "stack": "floor", "scenario": "simple"}


class Interface:
    """Locust's web interface."""

    def __init__(self, port: int, result: Path) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.result = result

    def get(self, path: str) -> str:
        with urlopen(self.address + path, timeout=5) as response:  # noqa: S310
            return str(response.read().decode())

    def post(self, path: str, **form: str) -> Any:
        with urlopen(self.address + path, urlencode(form).encode(), timeout=20) as response:  # noqa: S310
            return json.loads(response.read())

    def start(self, **form: str) -> Any:
        return self.post("/swarm", **{**FORM, **form})

    def stats(self) -> Any:
        return json.loads(self.get("/stats/requests"))


@pytest.fixture
def interface(floor: ServerProcess, result: Path) -> Iterator[Interface]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = env.ROOT / "locustfiles" / "single.py"
    argv = [LOCUST, "-f", str(file), "--host", url(floor), "--web-host", "127.0.0.1", "--web-port", str(port)]
    process = subprocess.Popen(
        [*argv, "--result", str(result)], cwd=env.ROOT, env=environ(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        one = Interface(port, result)
        _wait(one)
        yield one
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _wait(interface: Interface) -> None:
    def answers() -> bool:
        try:
            return bool(interface.get("/"))
        except URLError:
            return False

    until(answers)


def test_the_form_offers_the_options_and_no_files(interface: Interface) -> None:
    page = interface.get("/")

    for name in ("scenario", "stack", "check_rate", "dataset_count", "delay_ms"):
        assert f'"{name}"' in page
    for name in ('"result"', '"allow_remote"'):
        assert name not in page


def test_what_the_form_says_is_run_shown_precisely_and_stored(interface: Interface) -> None:
    assert interface.start()["success"]
    until(lambda: interface.stats()["stats"][0]["num_requests"] > 100)
    row = interface.stats()["stats"][0]
    interface.post("/stop")
    until(interface.result.exists)

    content = json.loads(interface.result.read_text())
    assert row["name"] == "simple"
    assert row["num_failures"] == 0
    precise = [row["median_response_time"], row["response_time_percentile_0.95"], row["response_time_percentile_0.99"]]
    assert any(not float(value).is_integer() for value in precise)
    assert content["total"]["answers"] > 0
    assert not content["interrupted"]


@pytest.mark.parametrize(
    "form", [{"stack": "djrf"}, {"host": "http://192.0.2.1"}, {"stack": "drf_naive", "scenario": "dashboard"}]
)
def test_what_does_not_fit_sends_nothing(interface: Interface, form: dict[str, str]) -> None:
    interface.start(**form)
    time.sleep(2)

    stats = interface.stats()
    assert stats["stats"][-1]["num_requests"] == 0
    assert stats["state"] == "stopped"
