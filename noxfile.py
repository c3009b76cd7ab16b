"""`nox`: the levers with every combination of versions (`make matrix`). `nox --list` names the sessions.

`project-NAME` asks a small project, stock and with every lever; `levers-NAME` runs the levers' own tests.
`each-PACKAGE` asks the small project with every version of a package that the package index has in a tested range. The
environments are kept in `.nox`. PostgreSQL and Redis come from this project's own environment, in which nox runs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final

import nox
from nox.command import CommandFailed

from perfcompare.core import versions
from perfcompare.registries import levers
from perfcompare.services import environment
from tests.matrix.combinations import BETWEEN, COMBINATIONS, LONG_TERM, NEWEST, Combination

nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True
nox.options.download_python = "never"
nox.options.default_venv_backend = "uv"

_TESTS: Final = ("pytest", "pytest-django", "hypothesis", "selenium")
_WATCHING: Final = ("tomlkit",)
"""What the commands for a project need in it."""
_RANGES: Final = {
    distribution: [*ranges]
    for distribution, ranges in groupby(
        sorted({one for lever in levers.values() for one in lever.tested}, key=str), key=attrgetter("distribution")
    )
    if distribution != versions.PYTHON
}
"""Of each package, the ranges that levers declare."""
_BASES: Final = {"Django": replace(NEWEST, python="3.12"), "adrf": BETWEEN}
"""What else is installed while every version of a package is tried, where that is not the long-term Django."""


def _interpreter(version: str) -> str:
    """One that pyenv has, whose shims work for chosen versions only; nox finds, or gets, any other."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return str(next(root.glob(f"versions/{version}.*/bin/python"), version))


def _compare(session: nox.Session) -> None:
    session.run("python", "-W", "ignore", "-m", "tests.matrix.compare", env={**os.environ})


def _declare(combination: Combination) -> None:
    python = _interpreter(combination.python)

    @nox.session(name=f"project-{combination.name}", python=python)
    def project(session: nox.Session) -> None:
        """The small project, stock and with every lever."""
        session.install(*combination.requirements, *_WATCHING)
        with environment.provided(os.environ):
            _compare(session)

    if combination.is_tested:

        @nox.session(name=f"levers-{combination.name}", python=python)
        def own_tests(session: nox.Session) -> None:
            """The tests of the levers."""
            session.install(*combination.requirements, *_laboratory(combination), *_TESTS)
            ignored = [f"--{_how(name)}=tests/perfcompare/levers/{name}" for name in combination.untested]
            options = ("-o", "filterwarnings=", "-W", "ignore", "-p", "no:cacheprovider", *ignored)
            # Ninja before 1.6 refuses two APIs of one name, which tests make.
            environ = {"NINJA_SKIP_REGISTRY": "1"}
            session.run("python", "-m", "pytest", *options, "tests/perfcompare/levers", *session.posargs, env=environ)


def _declare_each(distribution: str) -> None:
    base = _BASES.get(distribution, LONG_TERM)

    @nox.session(name=f"each-{distribution}", python=_interpreter(base.python))
    def each(session: nox.Session) -> None:
        """The small project with every version in the tested ranges."""
        session.install(*base.requirements, *_WATCHING)
        requirement = next(name for name in base.pins if name.partition("[")[0] == distribution)
        failed = []
        with environment.provided(os.environ):
            for version in session.posargs or _versions(distribution):
                session.install(f"{requirement}=={version}")
                try:
                    _compare(session)
                except CommandFailed:
                    failed.append(version)
        if failed:
            session.error(f"{distribution}: {', '.join(failed)}")


def _versions(distribution: str) -> Sequence[str]:
    """Those that the package index has in the ranges that levers declare."""
    argv = (sys.executable, "-m", "pip", "index", "versions", "--ignore-requires-python", distribution)
    listed = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True).stdout
    found = re.findall(r"[\d.]+", listed.partition("Available versions:")[2].partition("\n")[0])
    return [version for version in found if any(one.holds(version) for one in _RANGES[distribution])]


def _how(name: str) -> str:
    """A test is loaded with its module, a module is not."""
    return "deselect" if "::" in name else "ignore"


def _laboratory(combination: Combination) -> Sequence[str]:
    """What the settings of the tests need besides, unpinned."""
    names = re.findall(r"^[\w.-]+", Path("requirements.txt").read_text(), re.MULTILINE)
    return sorted({*names} - {name.partition("[")[0] for name in combination.pins})


for _combination in COMBINATIONS:
    _declare(_combination)
for _distribution in _RANGES:
    _declare_each(_distribution)
