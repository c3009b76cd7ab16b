"""The pictures of docs/locust.md: `python -m tests.locustfiles.pictures [FOLDER]`, by default into docs/images/.

One run in Locust's web interface, begun and ended as a person does it, and the page of the run that was stored.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from perfcompare.core import env
from perfcompare.pictures.browser import Page, opened

SIZE: Final = (1280, 800)
USERS: Final = 20
SECONDS: Final = 40
PATIENCE_S: Final = 120.0
MANAGE: Final = [sys.executable, str(env.ROOT / "manage.py"), "perfcompare"]
CHARTS: Final = 3
"""Of the interface's tabs the one with charts, counted from 1 as people do; the first holds the table."""


def main(folder: Path) -> None:
    """Take them, and write their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    options = ["locust", "--file", "mixed", "--stack", "drf", "--web", "--web-port", str(port)]
    process = subprocess.Popen([*MANAGE, *options, "--", "--think", "0.1"], cwd=env.ROOT, stdin=subprocess.DEVNULL)
    try:
        with opened() as page:
            page.resize(*SIZE)
            _interface(page, f"http://127.0.0.1:{port}", folder)
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_S)
            _report(page, folder)
    finally:
        process.kill()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _interface(page: Page, address: str, folder: Path) -> None:
    """The table and the charts of a test under way, which is then ended."""
    _wait(address)
    _post(f"{address}/swarm", {"user_count": str(USERS), "spawn_rate": "2"})
    time.sleep(SECONDS)
    page.open(address)
    time.sleep(3)
    _save(page, folder / "locust-table.png")
    page.run("document.querySelectorAll('[role=tab]')[arguments[0] - 2].click()", CHARTS)
    time.sleep(3)
    _save(page, folder / "locust-charts.png")
    _post(f"{address}/stop", {})
    time.sleep(5)


def _post(address: str, form: dict[str, str]) -> Any:
    with urlopen(address, urlencode(form).encode(), timeout=30) as response:  # noqa: S310
        said = json.loads(response.read())
    if not said["success"]:
        raise SystemExit(f"Locust does not do it: {said['message']}")


def _wait(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            urlopen(address, timeout=5).close()  # noqa: S310
        except URLError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("Locust's web interface did not come.")


def _report(page: Page, folder: Path) -> None:
    """The stored run's seconds, from its page as a file."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([*MANAGE, "report", "latest", "--folder", place], cwd=env.ROOT, check=True)
        page.open(f"file://{place}/index.html")
        time.sleep(1)
        _save(page, folder / "locust-run.png", "#seconds")


def _save(page: Page, file: Path, element: str | None = None) -> None:
    file.write_bytes(page.picture(element))
    print(file)  # noqa: T201  # a script talks


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else env.ROOT / "docs" / "images")
