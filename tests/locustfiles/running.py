"""Starts a locustfile as people do, and reads the result it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfcompare.core import env

LOCUST = str(Path(sys.executable).with_name("locust"))
SHAPES = {
    "steps": ("--step-users", "2", "--steps", "2"),
    "spike": ("--base-users", "1", "--spike-users", "4"),
    "soak": ("--soak-users", "3"),
}


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A run of Locust that has ended."""

    status: int
    output: str
    result: Any
    """What `--result` holds; None when there is no such file."""


def argv(file: str, *options: str, result: Path) -> list[str]:
    """The argument vector of a headless run."""
    path = env.ROOT / "locustfiles" / f"{file}.py"
    return [LOCUST, "--headless", "--only-summary", "-f", str(path), "--result", str(result), *options]


def run(file: str, *options: str, result: Path) -> Ended:
    """Run a locustfile to its end."""
    return ended(start(file, *options, result=result), result)


def start(file: str, *options: str, result: Path) -> subprocess.Popen[str]:
    """Start a locustfile."""
    return subprocess.Popen(
        argv(file, *options, result=result),
        env=environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=env.ROOT,
    )


def ended(process: subprocess.Popen[str], result: Path) -> Ended:
    """Wait for its end."""
    try:
        output, _ = process.communicate(timeout=120)
    finally:
        process.kill()
    content = json.loads(result.read_text()) if result.exists() else None
    return Ended(status=process.returncode, output=output, result=content)


def environ() -> dict[str, str]:
    """This process's environment; nothing of a user's Locust configuration."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}


def for_seconds(file: str, seconds: float) -> list[str]:
    """The options that make a locustfile end by itself after about so long, with a few users."""
    if file == "steps":
        return [*SHAPES[file], "--step-seconds", str(seconds / 2), "--think", "0.1"]
    if file == "spike":
        part = str(max(1.0, seconds / 3))
        return [*SHAPES[file], "--before", part, "--spike-seconds", part, "--after", part, "--think", "0.1"]
    if file == "soak":
        return [*SHAPES[file], "--soak-minutes", str(seconds / 60), "--soak-ramp", "0", "--think", "0.1"]
    think = ["--think", "0.1"] if file in {"mixed", "compare"} else []
    return ["--users", "4", "--spawn-rate", "4", "--window", str(seconds), *think]
