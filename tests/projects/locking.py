"""What is installed for a project: resolved by pip once, then kept in a file."""

from __future__ import annotations

import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Final

from perfcompare.core import env
from tests.projects.processes import LOCKS
from tests.projects.project import Project
from tests.suites.environments import interpreter
from tests.suites.fetching import called

_SERVERS: Final = ("gunicorn", "uvicorn[standard]", "uvicorn-worker", "granian", "psycopg[binary,pool]")
_TESTED: Final = ("asgiref<3.14", "psycopg<3.4", "asyncpg<0.33", "orjson<3.14", "hiredis<3.6", "pydantic<2.15")
"""The newest versions that the levers were tested with."""


def lock(name: str, project: Project) -> None:
    """Write `locks/<name>.txt`: the project, the laboratory, servers, and what they need."""
    extras = tomllib.loads((env.ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    wanted = [*project.packages, *extras["lab"], *extras["drf"][1:], *extras["asyncpg"], *_SERVERS]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        called([interpreter(project.python), "-m", "venv", str(folder / "venv")], folder)
        python = str(folder / "venv" / "bin" / "python")
        (folder / "tested.txt").write_text("\n".join(_TESTED))
        called([python, "-m", "pip", "install", "--quiet", "--constraint", "tested.txt", *wanted], folder)
        frozen = subprocess.run([python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    (LOCKS / f"{name}.txt").write_text(frozen)
