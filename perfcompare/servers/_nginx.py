"""nginx in front of applications: its configuration, and a process that starts one application and nginx before it.

    python -m perfcompare.servers._nginx NGINX PORT APPLICATION_PORT COMMAND…

nginx reads a request whole before it passes it on, keeps connections to the application open, and closes connections of
clients that stop sending. https://nginx.org/en/docs/http/ngx_http_proxy_module.html
"""

from __future__ import annotations

import http.client
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perfcompare.core.errors import EnvironmentProblem

HOST: Final = "127.0.0.1"
HEALTH: Final = "/health"
READY_S: Final = 60.0
_POLL_S: Final = 0.02
_KEPT: Final = 64
"""Connections to each application that each worker of nginx keeps open."""
_TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True, kw_only=True)
class Route:
    """Requests below `path` go to an application on this machine."""

    path: str
    """With both slashes; it may be `/`."""
    port: int
    at: str = ""
    """The path that takes the place of `path` there; empty to pass the request's own path on as it is."""


def program() -> str:
    """The program. Raises EnvironmentProblem when it is not installed."""
    found = shutil.which("nginx")
    if found is None:
        raise EnvironmentProblem("nginx is not installed here. For Debian and Ubuntu: apt-get install nginx-light")
    return found


def configuration(port: int, routes: Sequence[Route], folder: Path) -> str:
    """A whole nginx.conf for 127.0.0.1:`port`; nginx keeps its files in `folder`, and needs no root."""
    files = "\n".join(f"    {kind}_temp_path {folder / kind};" for kind in _TEMPORARY)
    applications = "\n".join(
        f"    upstream application_{one} {{\n        server {HOST}:{one};\n        keepalive {_KEPT};\n    }}"
        for one in dict.fromkeys(route.port for route in routes)
    )
    locations = "\n".join(_location(route) for route in routes)
    return f"""daemon off;
pid {folder / "nginx.pid"};
worker_processes 1;
events {{
    worker_connections 4096;
}}
http {{
    access_log off;
{files}
    client_header_timeout 10s;
    client_body_timeout 10s;
    client_max_body_size 0;  # the applications have limits of their own and answer 413 in JSON
    keepalive_requests 1000000;
{applications}
    server {{
        listen {HOST}:{port} backlog=4096;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $http_host;
{locations}
    }}
}}
"""


def _location(route: Route) -> str:
    return (
        f"        location {route.path} {{\n"
        f"            proxy_pass http://application_{route.port}{route.at};\n"
        "        }"
    )


def start(nginx: str, port: int, routes: Sequence[Route], folder: Path) -> subprocess.Popen[bytes]:
    """The running program `nginx`, which accepts connections. Raises EnvironmentProblem when it does not start."""
    written = folder / "nginx.conf"
    written.write_text(configuration(port, routes, folder), encoding="utf-8")
    process = subprocess.Popen([nginx, "-p", str(folder), "-e", "stderr", "-c", str(written)])
    while process.poll() is None:
        with suppress(OSError), closing(socket.create_connection((HOST, port), timeout=1)):
            return process
        time.sleep(_POLL_S)
    raise EnvironmentProblem(f"nginx did not start on port {port}: its message stands above.")


def command(port: int, own: int, application: Sequence[str]) -> tuple[str, ...]:
    """The argument vector of a process that serves an application behind nginx. It answers at its `own` port.

    Raises EnvironmentProblem without nginx.
    """
    return (sys.executable, "-m", __name__, program(), str(port), str(own), *application)


def _main(nginx: str, port: int, own: int, application: Sequence[str]) -> int:
    """Until one of the two ends, or a signal says so."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory() as folder:
        begun = [subprocess.Popen(application)]
        try:
            _wait(own, begun[0])
            begun.append(start(nginx, port, [Route(path="/", port=own)], Path(folder)))
            while all(one.poll() is None for one in begun):
                time.sleep(1.0)
        finally:
            for one in reversed(begun):
                one.terminate()
            for one in begun:
                with suppress(subprocess.TimeoutExpired):
                    one.wait(5)
    return 1


def _wait(port: int, application: subprocess.Popen[bytes]) -> None:
    """Until the application answers: before that, nginx would answer in its place."""
    deadline = time.monotonic() + READY_S
    while application.poll() is None and time.monotonic() < deadline:
        if _answers(port):
            return
        time.sleep(_POLL_S)
    sys.exit("The application behind nginx did not answer.")


def _answers(port: int) -> bool:
    with closing(http.client.HTTPConnection(HOST, port, timeout=2)) as client:
        try:
            client.request("GET", HEALTH)
            return client.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
