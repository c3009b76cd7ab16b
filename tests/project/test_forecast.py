"""The forecast on the sample shop: what it records, and that its applications answer as the shop does."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from perfcompare.core.http import Reply
from perfcompare.core.server import Launch
from perfcompare.core.target import Program
from perfcompare.plugins import servers
from perfcompare.project import answers
from perfcompare.project.forecast.application import Written, write_application
from perfcompare.project.forecast.recorder import UNSAFE, record
from perfcompare.project.forecast.recording import Recording, of_json
from perfcompare.project.project import Project
from perfcompare.project.requests import Login, ProjectRequest, RequestFile
from perfcompare.project.served import health
from perfcompare.runner.processes import ServerProcess
from tests.project.conftest import SAMPLE, Shop

PATHS: Final = {
    "products": "/api/v1/products/",
    "second page": "/api/v1/products/?page=2",
    "cheap": "/api/v1/products/?cheaper_than=9.99&category__slug=category-3",
    "search": "/api/v1/products/?search=100%25",
    "missing": "/api/v1/products/0/",
    "class": "/api/v1/products/7/",
    "unserved": "/api/v1/products/?page=2&",
}


def _project(shop: Shop) -> Project:
    environ = shop.environ()
    return Project(
        settings="shop.settings.production",
        root=shop.folder,
        applications={"wsgi": "shop.wsgi:application", "asgi": "shop.asgi:application"},
        path=[str(SAMPLE / "src"), *filter(None, sys.path)],
        environ=environ,
    )


def test_x(shop: Shop) -> None:
    requests = [ProjectRequest(name=name, path=path) for name, path in PATHS.items()]
    requests.append(ProjectRequest(name="orders", path="/api/v1/orders/?page=2", login="ada"))
    requests.append(ProjectRequest(name="create", path="/api/v1/orders/", method="POST", login="ada", body="{}"))
    token = shop.manage(
        "shell", "-v0", "-c", "from rest_framework.authtoken.models import Token; print(Token.objects.get().key)"
    ).split()[-1]
    recording = record(_project(shop), RequestFile(requests=requests), {"ada": {"Authorization": f"Token {token}"}})
    assert recording.absent == {"create": UNSAFE}
    written = write_application(recording, Path("/tmp/forecast_x"))
    print(written)
    for name, one in recording.requests.items():
        print(name, one.reply.status, one.reply.headers, len(one.statements), one.reply.body[:100])
        for s in one.statements[:8]:
            print("   ", s)
    for kind in written.targets:
        command = lambda port: servers["uvicorn"].command(Launch(target=written.targets[kind], port=port))
        program = Program(
            label=kind, command=command, environ={"PATH": "/usr/bin", **written.environ}, health=health.PATH[1:]
        )
        with ServerProcess(program, log=Path(f"/tmp/forecast_x/{kind}.log"), cpus=None) as server:
            for one in requests:
                if one.name in written.absent:
                    continue
                got = answers.fetch(server.host, server.port, [one], {"ada": {}})[one.name]
                print(kind, one.name, answers.difference(answers.of_reply(recording.requests[one.name].reply), got))
