"""`nox`: the levers with every combination of versions (`make matrix`). `nox --list` names the sessions.

`project-NAME` asks a small project, stock and with every lever; `levers-NAME` runs the levers' own tests. The
environments are kept in `.nox`. PostgreSQL and Redis come from this project's own environment, in which nox runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import nox

from perfcompare.services import environment
from tests.matrix.combinations import COMBINATIONS, Combination

nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True
nox.options.download_python = "never"
nox.options.default_venv_backend = "uv"

_TESTS: Final = ("pytest", "pytest-django", "hypothesis", "selenium")


def _interpreter(version: str) -> str:
    """One that pyenv has, whose shims work for chosen versions only; nox finds, or gets, any other."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return str(next(root.glob(f"versions/{version}.*/bin/python"), version))


def _declare(combination: Combination) -> None:
    python = _interpreter(combination.python)

    @nox.session(name=f"project-{combination.name}", python=python)
    def project(session: nox.Session) -> None:
        """The small project, stock and with every lever."""
        session.install(*combination.requirements)
        with environment.provided(os.environ):
            session.run("python", "-W", "ignore", "-m", "tests.matrix.compare", combination.name, env={**os.environ})

    if not combination.is_out_of_range:

        @nox.session(name=f"levers-{combination.name}", python=python)
        def levers(session: nox.Session) -> None:
            """The tests of the levers."""
            session.install(*combination.requirements, *_laboratory(combination), *_TESTS)
            ignored = [f"--{_how(name)}=tests/perfcompare/levers/{name}" for name in combination.untested]
            options = ("-o", "filterwarnings=", "-W", "ignore", "-p", "no:cacheprovider", *ignored)
            session.run("python", "-m", "pytest", *options, "tests/perfcompare/levers", *session.posargs)


def _how(name: str) -> str:
    """A test is loaded with its module, a module is not."""
    return "deselect" if "::" in name else "ignore"


def _laboratory(combination: Combination) -> Sequence[str]:
    """What the settings of the tests need besides, unpinned."""
    names = re.findall(r"^[\w.-]+", Path("requirements.txt").read_text(), re.MULTILINE)
    return sorted({*names} - {name.partition("[")[0] for name in combination.pins})


for _combination in COMBINATIONS:
    _declare(_combination)
