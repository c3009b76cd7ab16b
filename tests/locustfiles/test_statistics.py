"""In processes of their own: importing Locust patches the interpreter."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from perfcompare.core import env
from tests.locustfiles.conftest import answering
from tests.locustfiles.running import run

PROGRAM = """
import locust.stats
from locustfiles._statistics import be_precise
from locust.rpc.protocol import Message
be_precise()
worker, master = locust.stats.RequestStats(), locust.stats.RequestStats()
for tenth in range(1, 1001):
    worker.log_request("GET", "a", tenth / 10, 1)
data = Message.unserialize(Message("stats", {"entries": worker.serialize_stats()}, "w").serialize()).data
entry = locust.stats.StatsEntry.unserialize(data["entries"][0], master)
master.get("a", "GET").extend(entry)
for share in (0.5, 0.9, 0.99):
    print(master.get("a", "GET").get_response_time_percentile(share))
print(master.get("a", "GET").to_dict()["response_time_percentile_0.95"])
"""


def test_percentiles_are_exact_to_a_tenth_across_workers() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=env.ROOT, capture_output=True, text=True)

    assert done.stdout.split() == ["50.1", "90.1", "99.1", "95.1"], done.stderr


@pytest.mark.parametrize(("milliseconds", "step"), [("0.123", "0.12"), ("9.996", "10.0"), ("147.26", "147.3")])
def test_steps(milliseconds: str, step: str) -> None:
    program = f"from locustfiles._statistics import bucket; print(bucket({milliseconds}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=env.ROOT, capture_output=True, text=True)

    assert done.stdout.strip() == step


def test_the_csv_file_has_fractions_too(tmp_path: Path, result: Path) -> None:
    with answering(lambda _path: (200, {"message": "Hello World", "status": "success"})) as host:
        options = ["--host", host, "--stack", "floor", "--window", "2", "--csv", str(tmp_path / "out")]
        run("single", *options, result=result)

    with (tmp_path / "out_stats.csv").open() as file:
        row = next(csv.DictReader(file))
    assert not float(row["50%"]).is_integer() or not float(row["99%"]).is_integer()
