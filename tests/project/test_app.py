"""`INSTALLED_APPS += ["perfcompare"]` in a project that knows nothing of this one."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from perfcompare.levers._registry import levers
from perfcompare.project.changes import settings
from perfcompare.project.project import CHANGES, OVERLAY, SETTINGS
from tests.project.conftest import Shop


def test_the_project_gets_the_subcommands_and_no_table(shop: Shop) -> None:
    assert "perfcompare" not in shop.manage("showmigrations")
    assert "No changes detected" in shop.manage("makemigrations", "--check", "--dry-run")
    assert "no issues" in shop.manage("check")
    assert "subcommands" in shop.manage("perfcompare", "--help")


def test_a_database_that_is_not_there_is_told_in_a_sentence(shop: Shop) -> None:
    gone = {"SHOP_DATABASE": "postgresql://nobody@127.0.0.1:1/none"}
    printed = shop.manage("perfcompare", "init", "--user", "ada@shop.example", more=gone, status=4)
    assert "\nThe database: connection" in printed
    assert "migrate --check" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("change", [*levers, *settings])
def test_the_settings_of_a_project_that_leaves_most_to_django_take_every_change(
    change: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert overlaid("DATABASES = {}", monkeypatch, tmp_path, changes=change).DEBUG is False


def test_a_settings_module_that_asks_for_settings_while_it_is_loaded_gets_those_set_so_far(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = """
import importlib
FIRST = 1
SEEN = getattr(importlib.import_module("perfcompare.project.served.overlay"), "FIRST")
"""
    assert overlaid(source, monkeypatch, tmp_path).SEEN == 1


def test_a_settings_module_may_answer_for_its_settings_itself_even_while_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = """
import importlib
def __dir__(): return ["FIRST"]
def __getattr__(name):
    if name == "FIRST": return 1
    raise AttributeError(name)
SEEN = getattr(importlib.import_module("perfcompare.project.served.overlay"), "FIRST")
"""
    found = overlaid(source, monkeypatch, tmp_path)

    assert (found.FIRST, sys.modules["settings_of_a_project"].SEEN) == (1, 1)


def overlaid(source: str, monkeypatch: pytest.MonkeyPatch, folder: Path, changes: str = "") -> ModuleType:
    """The overlay of a settings module with this source."""
    folder.joinpath("settings_of_a_project.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv(SETTINGS, "settings_of_a_project")
    monkeypatch.setenv(CHANGES, changes)
    monkeypatch.delitem(sys.modules, "settings_of_a_project", raising=False)
    monkeypatch.delitem(sys.modules, OVERLAY, raising=False)
    return importlib.import_module(OVERLAY)
