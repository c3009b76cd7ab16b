from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfcompare.core import env, surroundings
from tests.projects.inside.plan import Plan

OWN = """
from django.conf import settings

SECRET_KEY = "secret"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file", "OPTIONS": {"timeout": 9}}}
DEBUG = True
KNOWN = 1
ASKED = settings.KNOWN + 1
"""
PROGRAM = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in
    ("DEBUG", "ASKED", "KNOWN", "INSTALLED_APPS", "DATABASES", "ALLOWED_HOSTS")}))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    (tmp_path / "own_settings.py").write_text(OWN)

    def read(**plan: Any) -> dict[str, Any]:
        whole: dict[str, Any] = {"settings": "own_settings", "database": {"NAME": "ours"}, **plan}
        told = {**Plan(**whole).told(), "DJANGO_SETTINGS_MODULE": "tests.projects.inside.settings"}
        environment = surroundings.child(os.environ, PYTHONPATH=f"{tmp_path}{os.pathsep}{env.ROOT}", **told)
        argv = [sys.executable, "-c", PROGRAM]
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr
        return dict(json.loads(done.stdout))

    return read


def test_a_project_that_asks_for_settings_while_they_are_loaded_gets_them(
    settings: Callable[..., dict[str, Any]],
) -> None:
    assert settings()["ASKED"] == 2


def test_settings_of_ours_take_the_place_of_its_own(settings: Callable[..., dict[str, Any]]) -> None:
    found = settings(overlay={"KNOWN": 3})
    assert (found["KNOWN"], found["DEBUG"], found["ALLOWED_HOSTS"]) == (3, False, ["*"])


def test_its_database_is_moved_to_postgresql(settings: Callable[..., dict[str, Any]]) -> None:
    database = settings()["DATABASES"]["default"]
    assert database == {"ENGINE": "django.db.backends.postgresql", "NAME": "ours"}


def test_changes_are_made_to_all_that_was_there(settings: Callable[..., dict[str, Any]]) -> None:
    found = settings(changes=["persistent_connections", "compiled_queries"])
    assert found["DATABASES"]["default"]["CONN_MAX_AGE"] is None
    assert found["INSTALLED_APPS"][-2:] == ["perfcompare", "perfcompare.levers.compiled_queries"]
