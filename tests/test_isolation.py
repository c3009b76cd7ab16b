"""Importing Locust patches the interpreter, and importing Django costs a generator half its start: never both."""

from __future__ import annotations

import subprocess
import sys

import pytest

from perfcompare.core import env

LOCUSTFILES = sorted(path.stem for path in (env.ROOT / "locustfiles").glob("*.py") if path.stem != "__init__")
OTHERS = ("perfcompare.generators.locust", "perfcompare.generators.wrk", "perfcompare.runner.execution")
IMPORT_ALL = """
import importlib, pkgutil, sys, django
django.setup()
for package in ("config", "users", "perfcompare"):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if ".migrations" not in found.name and ".settings" not in found.name and "bench" not in found.name:
            try:
                importlib.import_module(found.name)
            except Exception:
                pass  # an application that only its own settings can load
print("locust" in sys.modules, "gevent" in sys.modules)
"""


def said(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=env.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_locustfiles_leave_django_out() -> None:
    names = ", ".join(f"locustfiles.{name}" for name in LOCUSTFILES)

    assert said(f"import sys, {names}; print('locust' in sys.modules, 'django' in sys.modules)") == "True False"


@pytest.mark.parametrize("module", OTHERS)
def test_what_the_runner_needs_leaves_both_out(module: str) -> None:
    program = f"import sys, {module}; print([name for name in ('locust', 'gevent', 'django') if name in sys.modules])"

    assert said(program) == "[]"


def test_everything_else_leaves_locust_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.test")

    assert said(IMPORT_ALL) == "False False"
