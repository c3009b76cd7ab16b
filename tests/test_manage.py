from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config import env


@pytest.mark.parametrize(
    ("variable", "value", "message", "code"),
    [
        ("DATABASE_URL", "foo://x", "DATABASE_URL is not right", 2),
        ("REDIS_URL", "http://x", "REDIS_URL is not right", 2),
    ],
)
def test_a_bad_url_is_a_message_and_an_exit_code(variable: str, value: str, message: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, str(env.ROOT / "manage.py"), "check"],
        env={**os.environ, variable: value},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
