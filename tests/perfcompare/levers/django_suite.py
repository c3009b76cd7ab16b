"""Django's own tests of its handlers, run against ours: Django's source distribution comes from the package index."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import django

from perfcompare.core import env

ROOT = Path(__file__).parents[3]
DRIVER = Path(__file__).with_name("django_suite_driver.py")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the tests said."""

    ran: int
    failed: frozenset[str]
    requests: int
    """How many requests our handler has served: none would mean that Django tested its own."""
    text: str


def run(interface: str, *labels: str) -> Outcome:
    """Run the packages `labels` of Django's tests with the handler of `interface` in the place of Django's."""
    command = [sys.executable, str(DRIVER), interface, str(_tests()), *labels, "--parallel=1", "--settings=test_sqlite"]
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        command, env={**kept, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=120
    )
    text = done.stdout + done.stderr
    return Outcome(
        ran=_number(r"^Ran (\d+) tests", text),
        failed=frozenset(re.findall(r"^(?:FAIL|ERROR): (\S+) ", text, re.MULTILINE)),
        requests=_number(r"^requests served: (\d+)", text),
        text=text,
    )


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    return int(found[1]) if found else 0


def _tests() -> Path:
    """The tests of the Django version that is installed; fetched once, then kept in the state folder."""
    folder = env.state_folder() / "django-tests"
    tests = folder / f"django-{django.__version__}" / "tests"
    if not tests.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _download(folder)
        [archive] = folder.glob(f"*jango-{django.__version__}.tar.gz")
        with tarfile.open(archive) as tar:
            wanted = [member for member in tar if member.name.startswith(f"django-{django.__version__}/tests/")]
            tar.extractall(folder, members=wanted, filter="data")
    return tests


def _download(folder: Path) -> None:
    package = f"Django=={django.__version__}"
    command = [sys.executable, "-m", "pip", "download", "--no-binary", ":all:", "--no-deps", "--quiet", package]
    subprocess.run(command, cwd=folder, check=True, timeout=300, capture_output=True)
