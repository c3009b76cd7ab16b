from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from perfcompare.core import env

NEEDING = {"SECRET_KEY": "", "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings.local"}


@pytest.mark.parametrize(
    ("variable", "value", "message", "code"),
    [
        ("DATABASE_URL", "foo://x", "DATABASE_URL is malformed", 2),
        ("REDIS_URL", "http://x", "REDIS_URL is malformed", 2),
        ("BENCH_DATABASE_URL", "nonsense", "BENCH_DATABASE_URL is malformed", 2),
        ("DEBUG", "release", "DEBUG=release is neither true nor false", 2),
        ("THROTTLE_RATE", "x", "THROTTLE_RATE=x is not a rate", 2),
        ("DJANGO_SETTINGS_MODULE", "config.settings.prodution", "prodution does not name settings of this project", 2),
        ("DJANGO_SETTINGS_MODULE", "config.settings.production", "SECRET_KEY is not set", 2),
        ("PERFCOMPARE_STATE", "/proc/no", "Set PERFCOMPARE_STATE to a folder that you can write", 4),
    ],
)
def test_a_value_that_makes_no_sense_is_a_message_and_an_exit_code(
    variable: str, value: str, message: str, code: int
) -> None:
    done = subprocess.run(
        [sys.executable, str(env.ROOT / "manage.py"), "check"],
        env={**os.environ, **({} if variable.endswith("_URL") else NEEDING), variable: value},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def manage(*words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    argv = [sys.executable, str(env.ROOT / "manage.py"), *words]
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(argv, env={**kept, **environ}, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def alone() -> subprocess.CompletedProcess[bytes]:
    """What the command says when nothing is meant for others."""
    return manage("perfcompare", "runs")


@pytest.mark.parametrize(
    "foreign",
    [
        {"DJANGO_SETTINGS_MODULE": "shop.settings"},
        {"PYTHONSAFEPATH": "1"},
        {"PYTHONWARNINGS": "error"},
        {"PYTHONOPTIMIZE": "2"},
        {"PGSERVICE": "work", "PGOPTIONS": "-c nonsense=1"},
    ],
    ids=str,
)
def test_what_is_meant_for_others_changes_nothing(
    alone: subprocess.CompletedProcess[bytes], foreign: Mapping[str, str]
) -> None:
    done = manage("perfcompare", "runs", **foreign)

    assert b"Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (alone.returncode, alone.stdout)
    assert done.stderr.decode().replace(WITHOUT_EFFECT, "") == alone.stderr.decode()


WITHOUT_EFFECT = "Without effect: PGOPTIONS, PGSERVICE. DATABASE_URL has to say all about the database.\n"


def test_modules_on_the_path_of_python_are_not_taken(tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise SystemExit('somebody else')")

    assert b"somebody else" not in manage("check", PYTHONPATH=str(tmp_path)).stderr


@pytest.mark.parametrize(
    "locale",
    [
        {"PYTHONUTF8": "0", "LC_ALL": "C"},
        {"PYTHONUTF8": "0", "LC_ALL": "POSIX"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
    ],
    ids=str,
)
def test_any_character_can_be_printed_in_any_locale(locale: Mapping[str, str]) -> None:
    done = manage("shell", "-v0", "-c", "print('310 \u00b5s \u2026')", **locale)

    assert done.returncode == 0, done.stderr
    assert "310 \u00b5s \u2026" in done.stdout.decode()


def test_what_an_encoding_lacks_is_written_by_its_number() -> None:
    program = "print(310, chr(0xb5) + 's')"
    argv = [sys.executable, "-X", "utf8=0", str(env.ROOT / "manage.py"), "shell", "-v0", "-c", program]
    done = subprocess.run(argv, env={**os.environ, "LC_ALL": "POSIX"}, capture_output=True)

    assert done.stdout == b"310 \\xb5s\n", done.stderr


def test_a_umask_that_forbids_its_owner_everything_does_not() -> None:
    argv = [sys.executable, str(env.ROOT / "manage.py"), "shell", "-v0", "-c", "import os; print(oct(os.umask(0)))"]
    done = subprocess.run(argv, capture_output=True, text=True, umask=0o777)

    assert done.stdout.strip() == "0o77", done.stderr
