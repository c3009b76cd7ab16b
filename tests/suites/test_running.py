from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from perfcompare.core import env
from tests.suites import running
from tests.suites.running import Run
from tests.suites.suite import Suite

PROGRAM = """
import unittest

class Cases(unittest.TestCase):
    def test_good(self):
        pass

    def test_bad(self):
        self.fail("reason")

    @unittest.skip("reason")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_known(self):
        self.fail("reason")

    def test_parts(self):
        for number in range(2):
            with self.subTest(number=number):
                self.assertEqual(number, 0)

unittest.main()
"""
SETTINGS = """
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
import django
django.setup()
from django.contrib.auth.models import User
import json
print(json.dumps(settings.DATABASES["default"], default=str))
try:
    User.objects.get(pk=1)
except Exception as error:
    print(type(error).__name__)
"""
WITHOUT_DRF = f"""
from perfcompare.core import packages
version = packages.version
packages.version = lambda name: None if name == "djangorestframework" else version(name)
{SETTINGS}
from django.core.checks import run_checks
print([one.msg for one in run_checks()])
"""


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path))

    def run(program: str, *levers: str) -> Run:
        folder = tmp_path / "suites" / "sources" / "library-1"
        folder.mkdir(parents=True)
        (folder / "program.py").write_text(program)
        suite = Suite(package="library==1", command=("program.py",))
        return running.run("library", suite, levers, os.environ["DATABASE_URL"])

    return run


def test_each_test_has_its_worst_outcome(ran: Callable[..., Run]) -> None:
    run = ran(PROGRAM)
    assert {test.rpartition(".")[2]: outcome for test, outcome in run.outcomes.items()} == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_skipped": "skipped",
        "test_known": "failed as expected",
        "test_parts": "failed",
    }


def test_databases_are_moved_to_postgresql(ran: Callable[..., Run]) -> None:
    database = json.loads(ran(SETTINGS).text.splitlines()[0])
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["NAME"] == "suite_library_default"


def test_levers_are_installed_and_counted(ran: Callable[..., Run]) -> None:
    run = ran(SETTINGS, "compiled_queries")
    assert run.called["compiled_queries: django.db.models.query.QuerySet.get"] == 1


def test_a_lever_whose_packages_are_not_there_is_not_installed(ran: Callable[..., Run]) -> None:
    run = ran(WITHOUT_DRF, "lean_drf", "compiled_queries")
    assert run.text.splitlines()[-1] == "[]"


def test_nothing_of_this_project_is_on_the_path_but_the_levers(ran: Callable[..., Run]) -> None:
    run = ran("import sys, perfcompare\nprint(*sys.path)\nimport users")
    assert "No module named 'users'" in run.text
    assert str(env.ROOT) not in run.text.splitlines()[0].split()
