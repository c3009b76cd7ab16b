"""The forecast on the sample shop: what it records, and that its applications answer as the shop does."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import psycopg
import pytest

from perfcompare.core import env
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.server import Launch
from perfcompare.core.target import Program
from perfcompare.plugins import servers
from perfcompare.project import answers
from perfcompare.project.forecast.application import BARE, FORECAST, JSON, Written, write_application
from perfcompare.project.forecast.recorder import UNSAFE, record
from perfcompare.project.forecast.recording import Recording, of_json
from perfcompare.project.project import Project
from perfcompare.project.requests import ProjectRequest, RequestFile
from perfcompare.project.served import health
from perfcompare.project.trying import bounds
from perfcompare.runner.processes import ServerProcess
from tests.project.conftest import SAMPLE, Shop

PATHS: Final = {
    "products": "/api/v1/products/",
    "second page": "/api/v1/products/?page=2",
    "cheap": "/api/v1/products/?cheaper_than=9.99&category__slug=category-3",
    "search": "/api/v1/products/?search=100%25",
    "missing": "/api/v1/products/0/",
    "class": "/api/v1/categories/category-3/",
    "page": "/schema/?format=yaml",
}
ORDERS: Final = ProjectRequest(name="orders", path="/api/v1/orders/?page=2", login="ada")
CREATE: Final = ProjectRequest(name="create", path="/api/v1/orders/", method="POST", login="ada", body="{}")
AGAIN: Final = ProjectRequest(name="again", path="/api/v1/products/")


def _project(shop: Shop) -> Project:
    return Project(
        settings="shop.settings.production",
        root=shop.folder,
        applications={"wsgi": "shop.wsgi:application", "asgi": "shop.asgi:application"},
        path=[str(SAMPLE / "src"), *filter(None, sys.path)],
        environ=shop.environ(),
    )


def _recorded(shop: Shop, *requests: ProjectRequest) -> Recording:
    with psycopg.connect(shop.url) as connection:
        row = connection.execute("SELECT key FROM authtoken_token").fetchone()
    assert row is not None
    return record(_project(shop), RequestFile(requests=requests), {"ada": {"Authorization": f"Token {row[0]}"}})


def _answers(
    written: Written, kind: str, requests: Sequence[ProjectRequest], folder: Path
) -> dict[str, answers.Answer]:
    """Those of an application on its server."""

    def command(port: int) -> Sequence[str]:
        return servers["uvicorn"].command(Launch(target=written.targets[kind], port=port))

    program = Program(label=kind, command=command, environ=written.environ, health=health.PATH.removeprefix("/"))
    with ServerProcess(program, log=folder / f"{kind}.log", cpus=None) as server:
        sent = [replace(one, login="") for one in requests]
        return dict(answers.fetch(server.host, server.port, sent, {}))


def test_the_applications_answer_as_the_shop_does_with_its_statements(shop: Shop, tmp_path: Path) -> None:
    safe = [*(ProjectRequest(name=name, path=path) for name, path in PATHS.items()), ORDERS]
    recording = _recorded(shop, *safe, CREATE, AGAIN)
    assert recording.absent == {"create": UNSAFE}
    statements = {name: len(one.replayed) for name, one in recording.requests.items()}
    assert statements == {
        **{"products": 2, "second page": 2, "cheap": 2, "search": 1, "missing": 1, "class": 1, "page": 0},
        # the search finds nothing, so that Django asks for the count alone
        # the token with its user, the count, the page, and for each order its product and its category
        **{"orders": 1 + 2 + 2 * 20, "again": 2},
    }
    cheap = recording.requests["cheap"].statements[0]
    assert "$1" in cheap.sql
    assert cheap.arguments == ["'category-3'", "Decimal('9.99')"]
    search = recording.requests["search"].statements[0]
    assert search.arguments == ["'%100\\\\%%'", "'%100\\\\%%'"]

    written = write_application(recording, tmp_path / "applications")
    assert written.absent == {"create": UNSAFE, "again": "it has the method and the address of 'products'"}
    assert not any(written.lacking.values())
    secret = shop.url.partition("//")[2]
    assert not any(secret in file.read_text() for file in (tmp_path / "applications").glob("*.py"))
    for kind in (FORECAST, JSON, BARE):
        found = _answers(written, kind, safe, tmp_path)
        for name, answer in found.items():
            assert answers.difference(answers.of_reply(recording.requests[name].reply), answer) is None, (kind, name)

    kept = json.loads(json.dumps(recording.as_json()))
    assert of_json(kept, recording.databases) == recording


def test_a_project_that_does_not_start_is_an_error_with_its_reason(shop: Shop) -> None:
    broken = replace(_project(shop), settings="shop.settings.missing")
    with pytest.raises(EnvironmentProblem, match=r"shop\.settings\.missing"):
        record(broken, RequestFile(requests=[AGAIN]), {})


def test_the_extra_of_this_command_brings_what_the_bounds_need() -> None:
    extras = tomllib.loads((env.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]

    assert {*bounds.NEEDED} <= {re.split(r"[^\w.-]", one)[0] for one in extras["lab"]}
