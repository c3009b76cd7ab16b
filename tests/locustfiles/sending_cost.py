"""What a request costs a Locust process: `python -m tests.locustfiles.sending_cost`.

Prints processor microseconds per answer, of this project's users and of Locust's FastHttpUser, in turns against the
floor: the same request, statuses compared, no body parsed. Run it on a quiet machine.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median

from perfcompare.services import environment
from tests.locustfiles.running import argv, ended, environ
from tests.serving import serve

FAST = """
from locust import FastHttpUser, constant, task
from locustfiles import _recording
from locustfiles._offer import offer
offer("stack", "scenario", "prefix", "check", "dataset", "inputs", "run", "window")

class Fast(FastHttpUser):
    wait_time = constant(0)

    @task
    def request(self):
        self.client.get("/api/floor/simple", headers={"Accept-Encoding": "identity"})
"""
ROUNDS = 3


def main() -> None:
    """Measure and print."""
    costs: dict[str, list[float]] = {"ContractUser": [], "FastHttpUser": []}
    with environment.provided(os.environ), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fast.py").write_text(FAST)
        with serve("floor", "uvicorn", environ=dict(os.environ), log=folder / "log") as server:
            for number in range(ROUNDS):
                for who, values in costs.items():
                    values.append(_cost(who, f"http://{server.host}:{server.port}", folder / f"{number}{who}.json"))
    for who, values in costs.items():
        print(f"{who}: {median(values):.0f} µs per answer {[round(value) for value in values]}")  # noqa: T201


def _cost(who: str, host: str, result: Path) -> float:
    options = ["--host", host, "--stack", "floor", "--users", "4", "--spawn-rate", "4", "--check-rate", "0",
               "--warmup", "1", "--window", "4"]  # fmt: skip
    words = argv("single", *options, result=result)
    if who == "FastHttpUser":
        words[words.index("-f") + 1] = str(result.parent / "fast.py")
    process = subprocess.Popen(words, env=environ(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    content = ended(process, result).result
    (sender,) = content["processes"]
    return float(sender["cpu_share"] * content["window"]["seconds"] / content["total"]["answers"] * 1e6)


if __name__ == "__main__":
    main()
