"""TCP ports of this machine: whether one is free, and who holds it."""

from __future__ import annotations

import errno
import shlex
import socket
from contextlib import closing, suppress

import psutil

from perfcompare.core.errors import EnvironmentProblem


def require_free(host: str, port: int, way_out: str) -> None:
    """Raise EnvironmentProblem, with the process that holds the port and `way_out`, when nobody can listen there."""
    if not bindable(host, port):
        raise EnvironmentProblem(f"Port {port} of {host} is taken by {holder(port)}. End it, or {way_out}.")


def bindable(host: str, port: int) -> bool:
    """Whether nothing listens there. Another error than a taken address is left to whoever binds it."""
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections in TIME_WAIT are no server
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
    return True


def holder(port: int) -> str:
    """The process that listens on the port, for messages: `process 17 (python manage.py runserver)`."""
    with suppress(psutil.Error, OSError):
        for one in psutil.net_connections("tcp"):
            if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port and one.pid is not None:
                return f"process {one.pid} ({_command(one.pid)})"
    return "a process of another user"


def _command(pid: int) -> str:
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return shlex.join(process.cmdline())[:200] or process.name()
    return "unknown"
