from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config.settings import silk
from perfcompare import recording

RECORDS = """
from importlib import import_module
from perfcompare import recording
settings = import_module("config.settings.{name}")
print(any(one in recording.RECORDING for one in settings.MIDDLEWARE), "silk" in settings.INSTALLED_APPS)
"""
PRODUCTION = {"SECRET_KEY": "".join(map(chr, range(33, 96))), "ALLOWED_HOSTS": "api.example"}
TIMED = """
from dataclasses import replace
from perfcompare import registries
stack = registries.stacks._items["drf"]
django = replace(stack.django, apps=(*stack.django.apps, {apps}), middleware=(*stack.django.middleware, {middleware}))
registries.stacks._items["drf"] = replace(stack, django=django)
import config.settings.bench
"""


@pytest.mark.parametrize(
    "name", ["silk", "silk.apps.SilkAppConfig", "silk.middleware.SilkyMiddleware", *recording.RECORDING]
)
def test_silk_in_a_timed_process_is_refused(name: str) -> None:
    with pytest.raises(RuntimeError, match="must not carry silk"):
        silk.refuse([name], [])


@pytest.mark.parametrize(("apps", "middleware"), [("'silk',", ""), ("", "'silk.middleware.SilkyMiddleware',")])
def test_a_timed_process_with_silk_does_not_start(apps: str, middleware: str) -> None:
    environ = {**os.environ, "PERFCOMPARE_STACK": "drf", "SECRET_KEY": "k" * 50}

    code = TIMED.format(apps=apps, middleware=middleware)
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True)

    assert done.returncode != 0
    assert "must not carry silk" in done.stderr


def test_a_timed_process_without_silk_starts() -> None:
    environ = {**os.environ, "PERFCOMPARE_STACK": "drf", "SECRET_KEY": "k" * 50}

    done = subprocess.run([sys.executable, "-c", TIMED.format(apps="", middleware="")], env=environ)

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("name", "variables", "said"),
    [
        ("local", {}, "True True"),
        ("local", {"SILK": "0"}, "False True"),
        ("test", {"SILK": "1"}, "False True"),
        ("production", {"SILK": "1", **PRODUCTION}, "False False"),
        ("bench", {"SILK": "1", "PERFCOMPARE_STACK": "drf", "SECRET_KEY": "k" * 50}, "False False"),
    ],
    ids=["development", "development, off", "tests", "production", "timed"],
)
def test_only_the_development_server_records_and_one_variable_turns_that_off(
    name: str, variables: dict[str, str], said: str
) -> None:
    environ = {variable: value for variable, value in os.environ.items() if variable != "SILK"} | variables

    done = subprocess.run(
        [sys.executable, "-c", RECORDS.format(name=name)], env=environ, capture_output=True, text=True
    )

    assert (done.stdout.strip(), done.stderr) == (said, "")
