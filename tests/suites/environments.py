"""The virtual environment of a suite: the package, what its tests need, and what the levers need."""

from __future__ import annotations

import hashlib
import shutil
import sys
import venv
from pathlib import Path

from perfcompare.core import env
from tests.suites.fetching import alone, cache, called
from tests.suites.suite import Suite

_LEVERS_NEED = ("Django", "psycopg[binary,pool]", "asyncpg", "orjson", "hiredis", "redis")
_MADE = "made"


def python(suite: Suite) -> Path:
    """The interpreter that runs the suite's tests; its environment is made once for each set of requirements."""
    if suite.requirements is None:
        return Path(sys.executable)
    pins = [*_pinned(env.ROOT / "requirements.txt"), *_pinned(env.ROOT / "requirements-dev.txt")]
    wanted = [*_LEVERS_NEED, *suite.requirements, suite.package]
    digest = hashlib.sha256(repr((wanted, sys.version, pins)).encode()).hexdigest()[:10]
    folder = cache() / "environments" / f"{suite.package.partition('==')[0]}-{digest}"
    with alone():
        if not (folder / _MADE).exists():
            _make(folder, pins, wanted)
    return folder / "bin" / "python"


def _make(folder: Path, pins: list[str], wanted: list[str]) -> None:
    # A virtual environment knows its own path, so it is made in its place.
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    (folder / "constraints.txt").write_text("".join(f"{line}\n" for line in pins))
    argv = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    called([*argv, "--constraint", "constraints.txt", *wanted], folder)
    (folder / _MADE).touch()


def _pinned(requirements: Path) -> list[str]:
    """This project's versions, without extras, which constraints must not have."""
    pairs = (line.partition("#")[0].strip().partition("==") for line in requirements.read_text().splitlines())
    return [f"{name.partition('[')[0]}=={version}" for name, _, version in pairs if version]
