"""What the product does inside the processes of a project, with the versions that are installed.

The audit and the forecast watch each request and change no answer; a process says what it is. The project is stock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.http import Request
from perfcompare.core.interface import Interface
from perfcompare.project.audit.child import Child, Orders, started
from perfcompare.project.project import Project
from tests.matrix import conversation

APPLICATIONS: Final[Mapping[Interface, str]] = {
    "wsgi": "django.core.wsgi:get_wsgi_application()",
    "asgi": "django.core.asgi:get_asgi_application()",
}
_ASKS: Final = ("drf/", "ninja/")
"""Below these, each request that is answered asks the database."""


def faults(interface: Interface, database_url: str) -> Iterator[str]:
    """A sentence for each request that is not watched as it is answered."""
    told = {
        **{"MATRIX": "none", "MATRIX_INTERFACE": interface, "MATRIX_PREFIX": f"{os.getpid()}-{interface}-watched"},
        "DATABASE_URL": database_url,
    }
    project = Project(
        settings="tests.matrix.project.settings",
        root=Path.cwd(),
        applications=APPLICATIONS,
        interface=interface,
        path=[str(Path.cwd())],
        environ={**os.environ, **told},
    )
    requests = [
        Request(path=one.path.removeprefix("/"), headers={"Host": "testserver", **one.headers})
        for one in conversation.requests()
        if one.method == "GET" and not one.pages
    ]
    with started(project, Orders(interface=interface, requests=requests, instruments=True)) as child:
        for number, one in enumerate(requests):
            for fault in _audited(child, number, one):
                yield f"audit, {interface}: GET /{one.path}: {fault}"
    if interface == "wsgi":
        yield from _recorded(project, requests)
        yield from _said(project)


def _audited(child: Child, number: int, request: Request) -> Iterator[str]:
    try:
        status = child.ask("answer", call=number)["status"]
        statuses = child.ask("split", call=number, number=2)["statuses"]
        looked = child.ask("look", call=number)
    except PerfcompareError as error:
        yield str(error)
        return
    if {status, *statuses, looked["status"]} != {status}:
        yield f"{status}, split into parts {statuses}, watched {looked['status']} {looked['raised']}"
    elif _asks(request, status) and not (looked["statements"] and looked["instances"]):
        yield f"{len(looked['statements'])} statements and the instances {looked['instances']} were seen"


def _recorded(project: Project, requests: Sequence[Request]) -> Iterator[str]:
    """What the forecast saw."""
    sent = [
        {"name": str(number), "method": "GET", "path": f"/{one.path}", "headers": dict(one.headers), "body": ""}
        for number, one in enumerate(requests)
    ]
    found = json.loads(_run(project, "perfcompare.project.forecast.child", text=json.dumps(sent)))
    for number, one in enumerate(requests):
        recorded: Mapping[str, Any] = found["requests"].get(str(number), {})
        if not recorded:
            yield f"forecast: GET /{one.path}: {found['absent']}"
        elif _asks(one, recorded["reply"]["status"]) and not recorded["statements"]:
            yield f"forecast: GET /{one.path}: no statement was seen"


def _said(project: Project) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facts.json"
        _run(project, "perfcompare.project.served.facts", str(file))
        databases = json.loads(file.read_text())["databases"]
    yield from (f"facts: {name}: {one['error']}" for name, one in databases.items() if "error" in one)


def _asks(request: Request, status: int) -> bool:
    return status == 200 and request.path.startswith(_ASKS)


def _run(project: Project, module: str, *words: str, text: str = "") -> str:
    argv = [sys.executable, "-m", module, *words]
    environ = project.environment(application=project.applications["wsgi"])
    return subprocess.run(
        argv, env=environ, input=text, stdout=subprocess.PIPE, text=True, check=True, timeout=120
    ).stdout
