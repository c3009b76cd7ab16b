"""Where the embedded services keep their data and listen. Paths and URLs are calculated, and nothing is started."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

from perfcompare.core import env

DATABASE: Final = "perfcompare"
SHORT_FOLDER: Final = Path("/tmp")  # noqa: S108 - not $TMPDIR: short on every system, and the same for every process
_MAX_SOCKET_PATH: Final = 100
"""Bytes; `sockaddr_un.sun_path` holds 108 on Linux and 104 on macOS."""


def services_folder() -> Path:
    """The absolute folder of all service data, logs and locks."""
    return env.state_folder().resolve() / "services"


def sockets_folder() -> Path:
    """The folder of the unix sockets: beside the data, or a short one named by user and hash when that is too long."""
    folder = services_folder() / "run"
    if len(os.fsencode(folder / "postgresql" / ".s.PGSQL.5432")) <= _MAX_SOCKET_PATH:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return SHORT_FOLDER / f"perfcompare-{os.geteuid()}-{digest}"


def keeper_socket() -> Path:
    """The unix socket on which the keeper accepts leases."""
    return sockets_folder() / "keeper.sock"


def keeper_lock() -> Path:
    """The file whose flock a living keeper holds."""
    return services_folder() / "keeper.lock"


def keeper_log() -> Path:
    """The keeper's output."""
    return services_folder() / "keeper.log"


def pid_file(service: str) -> Path:
    """The file that holds the process id of the running embedded `service`."""
    return services_folder() / f"{service}.pid"


def database_folder() -> Path:
    """The folder of PostgreSQL's unix socket."""
    return sockets_folder() / "postgresql"


def database_url(name: str = DATABASE) -> str:
    """The URL of database `name` on the embedded PostgreSQL. Its port names the socket file, so $PGPORT has no
    effect."""
    return f"postgresql://postgres@/{name}?host={quote(str(database_folder()), safe='')}&port=5432"


def redis_socket() -> Path:
    """Redis's unix socket."""
    return sockets_folder() / "redis" / "redis.sock"


def redis_url() -> str:
    """The URL of the embedded Redis, database 0."""
    return f"unix://{quote(str(redis_socket()))}?db=0"
