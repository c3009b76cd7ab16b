"""The development server with packages missing: in a process of its own, whose imports find them no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

import pytest

from perfcompare.core import env
from perfcompare.registries import stacks
from perfcompare.views.front import LEFT_OUT

Answers = Mapping[str, tuple[int, str]]
WITHOUT: Final = """
import importlib.metadata, json, sys
lacking = {"django-modern-rest": "dmr", "django-ninja": "ninja", "fastapi": "fastapi"}
known = importlib.metadata.version

def version(name):
    if name in lacking:
        raise importlib.metadata.PackageNotFoundError(name)
    return known(name)

importlib.metadata.version = version
for module in lacking.values():
    sys.modules[module] = None
import django
django.setup()
from io import StringIO
from config.development import application
from django.core.management import call_command
from wsgiref.util import setup_testing_defaults

call_command("check", stdout=StringIO())
answers = {}
for path in ("/", "/api/drf/docs", *(f"/api/{name}/simple" for name in ("drf", "modern_rest", "ninja", "fastapi"))):
    environ = {"PATH_INFO": path, "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    status = []
    body = b"".join(application(environ, lambda line, _headers: status.append(int(line.split()[0]))))
    answers[path] = (*status, body.decode())
json.dump(answers, sys.stdout)
"""


@pytest.fixture(scope="module")
def answers() -> Answers:
    """Status and body by path."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.local"},
        cwd=env.ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: Answers = json.loads(done.stdout)
    return found


def test_stacks_whose_packages_are_missing_are_left_out_and_the_page_says_so(answers: Answers) -> None:
    status, page = answers["/"]
    assert status == 200
    for name, package in (("modern_rest", "django-modern-rest"), ("ninja", "django-ninja"), ("fastapi", "fastapi")):
        assert LEFT_OUT.format(stacks[name].label, package, package) in page
        assert f'href="/api/{name}/' not in page
        assert answers[f"/api/{name}/simple"][0] == 404


def test_the_other_stacks_are_served(answers: Answers) -> None:
    assert 'href="/api/drf/docs"' in answers["/"][1]
    assert (answers["/api/drf/simple"][0], answers["/api/drf/docs"][0]) == (200, 200)
