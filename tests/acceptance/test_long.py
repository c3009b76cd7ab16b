"""Acceptance tests that take minutes: `make acceptance`. The ids: docs/reliability.md."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from perfcompare.core import env
from tests.acceptance.conftest import Laboratory

pytestmark = pytest.mark.acceptance


def test_r12_a_generator_on_a_shared_processor_spoils_its_rates_and_gates_nothing(laboratory: Laboratory) -> None:
    done = laboratory.call(
        *("perfcompare", "run", "--sequential", "--generator", "locust", "--stacks", "floor", "--scenarios", "simple"),
        *("--users", "20", "--concurrency", "64", "--seconds", "4", "--rounds", "2"),
        *("--folder", str(laboratory.folder / "report")),
        cpus=frozenset({min(os.sched_getaffinity(0))}),
    )

    assert done.returncode == 0, done.stderr
    for row in laboratory.newest()["measurements"]:
        (bound,) = [one for one in row["objections"] if one["code"] == "generator"]
        assert {"rate", "latency"} <= set(bound["figures"])


def test_r15_of_twenty_equal_builds_one_at_most_is_slower_and_nineteen_of_twenty_slowdowns_are_found(
    laboratory: Laboratory,
) -> None:
    done = laboratory.call(
        *("perfcompare", "study", "--scenario", "simple", "--rounds", "5", "--slowdown", "10"),
        *("--seconds", "0.35", "--warmup", "0.3"),
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "the measuring holds" in done.stdout


def test_r16_a_fresh_clone_with_a_fresh_home_gives_a_report_by_the_command_of_the_readme(tmp_path: Path) -> None:
    clone, home = tmp_path / "clone", tmp_path / "home"
    home.mkdir()
    git, make = shutil.which("git"), shutil.which("make")
    assert git is not None
    assert make is not None
    subprocess.run([git, "clone", "--quiet", str(env.ROOT), str(clone)], check=True)
    kept = {name: value for name, value in os.environ.items() if name.lower().startswith(("pip_", "ssl_", "requests_"))}
    environ = {**kept, "HOME": str(home), "PATH": os.environ["PATH"]}

    words = "--rounds 1 --scenarios simple --stacks drf,drf_tuned,fastapi"
    done = subprocess.run([make, "compare", f"ARGS={words}"], cwd=clone, env=environ, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "<svg" in (clone / "report" / "index.html").read_text()
