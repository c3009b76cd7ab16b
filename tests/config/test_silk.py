from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config.settings import silk

TIMED = """
from dataclasses import replace
from perfcompare import registries
stack = registries.stacks._items["drf"]
django = replace(stack.django, apps=(*stack.django.apps, {apps}), middleware=(*stack.django.middleware, {middleware}))
registries.stacks._items["drf"] = replace(stack, django=django)
import config.settings.bench
"""


@pytest.mark.parametrize(
    "name", ["silk", "silk.apps.SilkAppConfig", "silk.middleware.SilkyMiddleware", *silk.RECORDING]
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
