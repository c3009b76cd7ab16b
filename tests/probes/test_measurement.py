from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from perfcompare.core import env

SAMPLE: Final = Path(__file__).with_name("sample.py")
SETTINGS: Final = """
[tool.coverage.run]
branch = true
source = ["source"]
data_file = ".coverage/data"

[tool.coverage.report]
fail_under = {least}
precision = 2
"""
FOUND: Final = ("executed_lines", "missing_lines", "executed_branches", "missing_branches")
KILLED: Final = "import os; import sample; os.kill(os.getpid(), 9)"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with two modules that are measured; nothing imports the second one."""
    (tmp_path / "source").mkdir()
    shutil.copy(SAMPLE, tmp_path / "source")
    (tmp_path / "source" / "unused.py").write_text("if print:\n    print()\n")
    (tmp_path / ".coverage").mkdir()
    return tmp_path


def python(project: Path, *argv: str, least: int = 0) -> subprocess.CompletedProcess[str]:
    (project / "pyproject.toml").write_text(SETTINGS.format(least=least))
    path = os.pathsep.join([str(env.ROOT), str(project / "source")])
    return subprocess.run(
        [sys.executable, *argv],
        cwd=project,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )


def probed(project: Path, code: str, least: int = 0) -> subprocess.CompletedProcess[str]:
    return python(project, "-m", "tests.probes", sys.executable, "-c", code, least=least)


def reported(project: Path) -> dict[str, dict[str, Any]]:
    """The lines and branches of each module."""
    assert python(project, "-m", "coverage", "json", "-o", "report.json").returncode == 0
    files = json.loads((project / "report.json").read_text())["files"]
    return {name: {key: found[key] for key in FOUND} for name, found in files.items()}


def test_a_killed_process_has_covered_what_the_tracer_of_coverage_says(project: Path) -> None:
    assert python(project, "-m", "coverage", "run", "source/sample.py").returncode == 0
    traced = reported(project)
    assert all(module["missing_branches"] for module in traced.values())
    assert len(traced) == 2

    done = probed(project, f"import subprocess, sys; subprocess.run([sys.executable, '-c', {KILLED!r}])")

    assert done.returncode == 0, done.stderr
    assert reported(project) == traced


def test_less_than_agreed_fails_and_says_what_to_do(project: Path) -> None:
    done = probed(project, "import sample", least=99)

    assert done.returncode == 2
    assert "sample.py" in done.stdout
    assert "At least 99 % is needed (`fail_under` in pyproject.toml)." in done.stderr


def test_a_command_that_fails_keeps_its_status(project: Path) -> None:
    done = probed(project, "import sys; import sample; sys.exit(3)", least=99)

    assert (done.returncode, done.stderr) == (3, "")


def test_make_check_runs_the_tests_once_and_measures_them() -> None:
    done = subprocess.run(["make", "--dry-run", "check"], cwd=env.ROOT, capture_output=True, text=True)

    [line] = [line for line in done.stdout.splitlines() if " pytest " in line]
    assert " -m tests.probes " in line
