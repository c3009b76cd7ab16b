"""Each lever in a new project, with the wheel, Django and its own extra alone: what docs/levers.md says is enough."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

import dj_database_url
import psycopg
import pytest

from perfcompare.registries import levers
from tests.docs.pages import rows, spans
from tests.packaging.conftest import Start

LEVERS_PAGE: Final = "docs/levers.md"
WRITTEN: Final = rows(LEVERS_PAGE, "lever", "extra")
NO_LINES: Final = {"serializers"}
EXTRAS: Final = {spans(row[0])[0]: "".join(spans(row[1])) for row in WRITTEN}
"""The extra of each lever, as the page has it."""
ALL: Final = ",".join(sorted({*EXTRAS.values()} - {""}))
FIRST: Final = ('INSTALLED_APPS += ["perfcompare.levers"]', "PERFCOMPARE = {}")
REDIS: Final = "django.core.cache.backends.redis.RedisCache"
PREPARED: Final = {
    "api_middleware": ['INSTALLED_APPS.remove("django.contrib.admin")'],
    "cached_bytes": [f'CACHES = {{"default": {{"BACKEND": "{REDIS}", "LOCATION": "redis://127.0.0.1:1/0"}}}}'],
    "database_connections": ['DATABASES["default"] |= {"OPTIONS": {}}'],
    "orjson_rendering": ['INSTALLED_APPS += ["rest_framework"]', "REST_FRAMEWORK = {}"],
    "token_cache": [
        'INSTALLED_APPS += ["rest_framework", "rest_framework.authtoken"]',
        'PERFCOMPARE = {"native_async": {"receivers": {}}}',
    ],
}
"""What is in the settings of a project that has use for the lever."""
LABORATORY_FREE: Final = ("perfcompare.core", "perfcompare.levers")
EVERYTHING: Final = """
import importlib, pkgutil, sys
import django
import perfcompare.levers
django.setup()
for module in pkgutil.walk_packages(perfcompare.levers.__path__, "perfcompare.levers."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        assert error.name.partition(".")[0] == "adrf", error
print(*(name for name in sys.modules if name.partition(".")[0] == "perfcompare"))
"""
"""adrf is no extra: a project that has it uses it."""
DATABASE_LINE: Final = 'DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 5'
"""For PostgreSQL; startproject's settings have SQLite."""


def _own(lever: str) -> list[str]:
    """What the project writes into its settings; database_json is for views."""
    return [line for line in levers[lever].lines if lever != "database_json"]


@pytest.fixture
def database() -> Iterator[dict[str, Any]]:
    """An empty PostgreSQL database, as settings name it."""
    given = dj_database_url.parse(os.environ["DATABASE_URL"])
    name = f"packaging_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield {"OPTIONS": {}, **given, "NAME": name}
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_page_has_an_extra_for_each_lever() -> None:
    assert EXTRAS.keys() == levers.keys()


@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: spans(row[0])[0])
def test_the_page_says_what_the_lever_says(row: list[str]) -> None:
    lines = " ".join(levers[spans(row[0])[0]].lines)

    assert all(span in lines for span in spans(row[2]) if span not in NO_LINES)


@pytest.mark.parametrize("lever", levers)
def test_a_new_project_uses_the_lever(lever: str, started: Start) -> None:
    project = started(EXTRAS[lever])
    own = [line for line in _own(lever) if line != DATABASE_LINE]
    project.write(lever, [*FIRST, *PREPARED.get(lever, []), *own])
    interface, target = next(iter(levers[lever].targets.items()), ("wsgi", "project.wsgi:application"))

    answer = project.served(lever, interface, target)
    listed = json.loads(project.manage(lever, "perfcompare", "levers", "--all", "--json"))

    assert (answer["status"], answer["body"]) == (200, {"users": ["ada"]})
    assert [one for one in answer["checks"] if ".E" in one or one.startswith("perfcompare.W")] == []
    assert {name for name in answer["modules"] if not name.startswith(LABORATORY_FREE)} == {"perfcompare"}
    assert answer["states"][lever] in {"active", "partly active"} or lever == "database_json"
    assert [one["name"] for one in listed] == list(levers)


def test_all_levers_work_together_on_postgresql(database: dict[str, Any], started: Start) -> None:
    project = started(ALL)
    cache = {"default": {"BACKEND": REDIS, "LOCATION": os.environ["REDIS_URL"]}}
    given = [*chain.from_iterable(PREPARED.values()), f"DATABASES = {{'default': {database!r}}}", f"CACHES = {cache!r}"]
    once = "INSTALLED_APPS = list(dict.fromkeys(INSTALLED_APPS))"
    project.write("together", [*FIRST, *given, *chain.from_iterable(map(_own, levers)), once])

    answer = project.served("together", "asgi", levers["lean_asgi"].targets["asgi"])

    assert (answer["status"], answer["body"]) == (200, {"users": ["ada"]})
    assert [one for one in answer["checks"] if ".E" in one or one.startswith("perfcompare.W")] == []
    # One is for views, one for the other interface.
    unused = {name for name, state in answer["states"].items() if "active" not in state.split()}
    assert unused == {"database_json", "lean_wsgi"}


def test_no_module_of_a_lever_imports_the_laboratory(started: Start) -> None:
    project = started(ALL)
    project.write("everything", ['INSTALLED_APPS += ["rest_framework", "rest_framework.authtoken"]'])

    imported = project.python("everything", "-c", EVERYTHING).split()

    assert len(imported) > 100
    assert [name for name in imported if not name.startswith(LABORATORY_FREE)] == ["perfcompare"]
