"""The sources of a suite: its source distribution from the package index, or its repository."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perfcompare.core import env
from perfcompare.core.errors import EnvironmentProblem
from tests.suites.suite import Suite

_FETCH_S = 600


def cache() -> Path:
    """The folder that keeps sources, environments and results; it may be deleted at any time."""
    return env.state_folder().resolve() / "suites"


@contextmanager
def alone() -> Iterator[None]:
    """Let no other process change the cache meanwhile: several may run suites at a time."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def source(suite: Suite) -> Path:
    """The unpacked source, fetched once."""
    with alone():
        return _source(suite)


def _source(suite: Suite) -> Path:
    name = (suite.repository.rpartition("/")[2] if suite.repository else suite.package).replace("==", "-")
    folder = cache() / "sources" / name
    if not folder.is_dir():
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        content = _cloned(suite, unfinished) if suite.repository else _downloaded(suite, unfinished)
        content.rename(folder)
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def called(argv: list[str], folder: Path) -> None:
    """Run `argv`; EnvironmentProblem with the end of what it said when it fails."""
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False, timeout=_FETCH_S)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise EnvironmentProblem(f"{' '.join(argv)} failed with status {done.returncode}:\n{said}")


def _cloned(suite: Suite, folder: Path) -> Path:
    address, _, tag = suite.repository.rpartition("@")
    argv = ["git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--depth", "1", "--branch", tag]
    called([*argv, address, "clone"], folder)
    return folder / "clone"


def _downloaded(suite: Suite, folder: Path) -> Path:
    name = suite.package.partition("==")[0]
    # What runs the suite may be another Python.
    options = ["--quiet", "--no-deps", "--ignore-requires-python", "--no-binary", name]
    called([sys.executable, "-m", "pip", "download", *options, suite.package], folder)
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    [content] = (one for one in folder.iterdir() if one.is_dir())
    return content
