"""DRF's own tests, run with its levers installed: DRF's source distribution comes from the package index."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import rest_framework

from perfcompare.core import env

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the tests said."""

    passed: int
    failed: frozenset[str]
    compiled: int
    """For how many classes of objects a serializer was compiled: none would mean that DRF tested itself."""
    text: str


def run() -> Outcome:
    """Run all of them."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rfE",
        "-p",
        "drf_suite_plugin",
        "-p",
        "no:cacheprovider",
        "tests",
    ]
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DATABASE_", "PYTEST_"))
    }
    done = subprocess.run(
        command,
        cwd=_source(),
        env={**kept, "PYTHONPATH": f"{HERE}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    text = done.stdout + done.stderr
    return Outcome(
        passed=_number(r"(\d+) passed", text),
        failed=frozenset(re.findall(r"^(?:FAILED|ERROR) (\S+)", text, re.MULTILINE)),
        compiled=_number(r"^compiled: (\d+)", text),
        text=text,
    )


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    return int(found[1]) if found else 0


def _source() -> Path:
    """The folder above the tests of the DRF version that is installed; fetched once, then kept in the state folder."""
    folder = env.state_folder() / "drf-tests"
    name = f"djangorestframework-{rest_framework.VERSION}"
    if not (folder / name / "tests").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _download(folder, f"djangorestframework=={rest_framework.VERSION}")
        with tarfile.open(folder / f"{name}.tar.gz") as tar:
            wanted = [member for member in tar if member.name.startswith(f"{name}/tests/")]
            tar.extractall(folder, members=wanted, filter="data")
    # Without a configuration of its own, pytest would take the one of a project above.
    (folder / name / "pytest.ini").write_text("[pytest]\nmarkers = requires_postgres\n")
    return folder / name


def _download(folder: Path, package: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-binary", ":all:", "--no-deps", "--quiet", package]
    subprocess.run(command, cwd=folder, check=True, timeout=300, capture_output=True)
