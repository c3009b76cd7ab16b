from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from perfcompare.core import env

pytestmark = pytest.mark.acceptance


def test_django_and_fastapi_answer_alike_behind_one_nginx_in_each_phase_of_a_migration(tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    for moved, places in ([], 3), (["--moved", "users,items"], 5):
        done = subprocess.run(
            [sys.executable, "manage.py", "perfcompare", "hybrid", "--check", *moved],
            cwd=env.ROOT,
            env={**os.environ, "PERFCOMPARE_STATE": str(tmp_path)},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("answered as the contract says") == places
