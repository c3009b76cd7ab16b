"""The virtual environment of a suite: the package, what its tests need, and what the levers need."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from perfcompare.core import env
from perfcompare.core.errors import EnvironmentProblem
from tests.suites.fetching import alone, cache, called
from tests.suites.suite import Installed, Suite

_LEVERS_NEED = ("Django", "psycopg[binary,pool]", "asyncpg", "orjson", "hiredis", "redis")
_MADE = "made"
_PYENV: Final = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def python(suite: Suite) -> Path:
    """The interpreter that runs the suite's tests; its environment is made once for each set of requirements."""
    if isinstance(suite, Installed):
        return locked(suite.package, suite.lock, suite.python)
    if suite.requirements is None:
        return Path(sys.executable)
    pins = [*_pinned(env.ROOT / "requirements.txt"), *_pinned(env.ROOT / "requirements-dev.txt")]
    return _made(suite.package, [*_LEVERS_NEED, *suite.requirements, suite.package], pins)


def locked(package: str, lock: Path, version: str = "") -> Path:
    """The interpreter of an environment that has what the file `lock` says, and nothing else."""
    lines = [line for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    return _made(package, ["--no-deps", *lines], [], version)


def interpreter(version: str) -> str:
    """A Python of this version: from PATH, else from pyenv; this project's for no version."""
    if not version:
        return sys.executable
    places = [shutil.which(f"python{version}"), *map(str, sorted(_PYENV.glob(f"versions/{version}.*/bin/python")))]
    for place in filter(None, places):
        # A shim of pyenv is found, and works only for the versions that are switched on.
        if not subprocess.run([place, "-V"], capture_output=True, check=False).returncode:
            return place
    raise EnvironmentProblem(f"Python {version} is needed, on PATH or in pyenv.")


def _made(package: str, wanted: list[str], pins: list[str], version: str = "") -> Path:
    digest = hashlib.sha256(repr((wanted, version or sys.version, pins)).encode()).hexdigest()[:10]
    folder = cache() / "environments" / f"{package.partition('==')[0].partition('[')[0]}-{digest}"
    with alone():
        if not (folder / _MADE).exists():
            _make(folder, pins, wanted, interpreter(version))
    return folder / "bin" / "python"


def _make(folder: Path, pins: list[str], wanted: list[str], base: str) -> None:
    # A virtual environment knows its own path, so it is made in its place.
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # uv comes with nox, and takes a tenth of pip's time. Some projects expect pip and setuptools, as venv gives them.
    uv = [sys.executable, "-m", "uv", "--quiet"]
    called([*uv, "venv", "--no-project", "--seed", "--python", base, str(folder)], folder.parent)
    (folder / "constraints.txt").write_text("".join(f"{line}\n" for line in pins))
    argv = [*uv, "pip", "install", "--python", str(folder / "bin" / "python")]
    called([*argv, "--constraint", "constraints.txt", *wanted], folder)
    (folder / _MADE).touch()


def _pinned(requirements: Path) -> list[str]:
    """This project's versions, without extras, which constraints must not have."""
    pairs = (line.partition("#")[0].strip().partition("==") for line in requirements.read_text().splitlines())
    return [f"{name.partition('[')[0]}=={version}" for name, _, version in pairs if version]
