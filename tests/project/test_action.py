"""The GitHub Action of docs/your-project.md, step by step as a shell runs it, in a fresh virtual environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from perfcompare.services import databases, urls
from tests.docs.pages import text
from tests.packaging import environments
from tests.project.conftest import SAMPLE

pytestmark = pytest.mark.acceptance

DATABASE: Final = "perfcompare_action"
AT_WORK: Final = "--any-load --tolerance 100"
"""This machine may be at work: the steps are tested here, not the figures."""
REQUIREMENTS: Final = "Django\ndjangorestframework\ndjango-filter\ndrf-spectacular\ndj-database-url\npytest-django\n"
BUDGETS: Final = """\
import pytest
from catalog.models import Category

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def category():
    return Category.objects.create(name="one", slug="one")


@pytest.mark.statements(3)
def test_within(client):
    assert len(client.get("/api/v1/categories/").json()["results"]) == 1


@pytest.mark.statements(2)
def test_beyond(client):
    client.get("/api/v1/categories/")


def test_block(client, at_most):
    with at_most(3) as sent:
        client.get("/api/v1/categories/")
    assert len(sent) == 3
"""


class Runner:
    """A machine of the Action: a checkout with the wheel, a Python of its own, and a database."""

    def __init__(self, folder: Path, url: str) -> None:
        self.checkout = folder / "checkout"
        shutil.copytree(SAMPLE, self.checkout, ignore=shutil.ignore_patterns("__pycache__"))
        (self.checkout / "requirements.txt").write_text(REQUIREMENTS)
        subprocess.run([sys.executable, "-m", "venv", str(folder / "python")], check=True)
        (self.checkout / "performance").mkdir()
        environments.wheel(self.checkout / "performance")
        kept = {name: value for name, value in os.environ.items() if name.lower().startswith(("pip_", "ssl_"))}
        self.environ = {
            **kept,
            "PATH": f"{folder / 'python' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": os.environ["HOME"],
            "PIP_FIND_LINKS": re.findall(r"PIP_FIND_LINKS: (\w+)", _action())[0],
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "SHOP_DATABASE": url,
        }

    def step(self, line: str, status: int = 0) -> str:
        """As the Action runs it: `bash -e`."""
        done = subprocess.run(
            ["bash", "-e", "-c", line], cwd=self.checkout, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, f"{line}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout


def _action() -> str:
    _, _, after = text("docs/your-project.md").partition("```yaml\njobs:")
    return after.partition("```")[0]


def _steps() -> list[str]:
    return re.findall(r"- run: (.*)", _action())


def test_its_steps_pass_and_a_dearer_request_fails_them(tmp_path: Path, services: None) -> None:
    databases.remake(os.environ["DATABASE_URL"], DATABASE)
    runner = Runner(tmp_path, urls.with_database(os.environ["DATABASE_URL"], DATABASE))
    install, fill, gate, summary = _steps()

    # What the repository of the project has before its first Action.
    runner.step(install)
    runner.step("python manage.py migrate && python manage.py fill_shop")
    runner.step("python manage.py dumpdata people catalog authtoken --output performance/data.json")
    runner.step("python manage.py perfcompare init --user ada@shop.example")
    runner.step("python manage.py perfcompare audit --no-verify")
    runner.step("python manage.py perfcompare parity as_is persistent_connections")
    runner.step("python manage.py perfcompare try --quick --only json_only")
    runner.step("cp .perfcompare/try/latest/results.json performance/")
    runner.step("python manage.py flush --no-input")

    runner.step(fill)
    assert "The gate passed." in runner.step(f"{gate} {AT_WORK}")
    runner.step(summary)
    assert "passed" in Path(runner.environ["GITHUB_STEP_SUMMARY"]).read_text()

    api = runner.checkout / "src" / "catalog" / "api.py"
    plain, dearer = (
        "Category.objects.all()\n    serializer",
        'Category.objects.prefetch_related("products")\n    serializer',
    )
    api.write_text(api.read_text().replace(plain, dearer))
    assert "3 statements instead of 2." in runner.step(f"{gate} {AT_WORK}", status=1)

    (runner.checkout / "test_budgets.py").write_text(BUDGETS)
    said = runner.step("python -m pytest --ds shop.settings.development -o pythonpath=src test_budgets.py", status=1)
    assert "1 failed, 2 passed" in said
    assert "3 SQL statements were sent; the budget is 2" in said
