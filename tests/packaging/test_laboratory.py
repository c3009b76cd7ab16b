"""What the wheel gives to a project that measures, and to one that does not."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from typing import Final

import pytest

from perfcompare.core import env
from perfcompare.project.management.commands.perfcompare import Command
from tests.packaging.conftest import Start

LEVERS: Final = 'INSTALLED_APPS += ["perfcompare.levers"]'
LABORATORY: Final = 'INSTALLED_APPS += ["perfcompare"]'
WAY: Final = 'pip install "perfcompare[lab]"'


def test_the_wheel_has_the_package_with_all_its_files_and_nothing_else(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "perfcompare"], cwd=env.ROOT, capture_output=True, text=True, check=True
    )
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert names >= set(tracked.stdout.split())
    assert {name.split("/")[0] for name in names} == {"perfcompare"}


def test_a_project_with_levers_gets_no_migration(started: Start) -> None:
    project = started("")
    project.write("levers", [LEVERS, 'INSTALLED_APPS += ["perfcompare.levers.compiled_queries"]'])

    assert "perfcompare" not in project.manage("levers", "showmigrations")
    assert "No changes detected" in project.manage("levers", "makemigrations", "--check", "--dry-run")
    assert project.manage("levers", "perfcompare", "levers").startswith("compiled_queries      active ")


@pytest.mark.parametrize("words", [["run", "--stacks", "drf"], ["anything"]])
def test_a_project_with_levers_is_told_how_to_measure(words: list[str], started: Start) -> None:
    project = started("")
    project.write("levers", [LEVERS])

    assert WAY in project.manage("levers", "perfcompare", *words, status=4)


def test_without_the_extra_a_project_gets_the_levers_command_and_no_tables(started: Start) -> None:
    project = started("")
    project.write("without", [LABORATORY])

    assert project.manage("without", "check") == "System check identified no issues (0 silenced).\n"
    assert project.manage("without", "perfcompare", "levers") == "This project uses no lever. See: --all\n"
    assert WAY in project.manage("without", "perfcompare", "run", "--stacks", "drf", status=4)
    assert "perfcompare" not in project.manage("without", "showmigrations")


def test_both_apps_without_the_extra_end_the_start_with_the_way_out(started: Start) -> None:
    project = started("")
    project.write("both", [LEVERS, LABORATORY])

    assert WAY in project.manage("both", "check", status=1)


def test_a_project_that_measures_gets_the_subcommands_for_projects_and_no_table(started: Start) -> None:
    project = started("lab")
    project.write("lab", [LABORATORY])

    told = project.manage("lab", "perfcompare", "--help")
    assert [name for name in Command.subcommands if f" {name} " not in told] == []
    assert "perfcompare" not in project.manage("lab", "showmigrations")


def test_the_demonstration_is_not_in_the_package_and_its_commands_say_so(started: Start) -> None:
    project = started("lab")
    project.write("lab", ['INSTALLED_APPS += ["perfcompare.apps.LaboratoryConfig"]'])

    project.manage("lab", "migrate", "--verbosity", "0")

    assert "No run is stored yet." in project.manage("lab", "perfcompare", "runs")
    assert "Use a clone" in project.manage("lab", "perfcompare", "run", "--stacks", "drf", status=4)
    rendered = "from django.template.loader import get_template; print(get_template('perfcompare/runs.html').origin)"
    assert "site-packages/perfcompare/templates" in project.manage("lab", "shell", "-c", rendered)


def test_the_order_of_the_two_apps_does_not_matter(started: Start) -> None:
    project = started("lab")
    project.write("both", [LEVERS, LABORATORY])

    assert "this project" in project.manage("both", "perfcompare", "--help")
