"""Every acceptance test of docs/reliability.md has a test with its id in its name, and a command that runs it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from perfcompare.core import env
from tests.docs.pages import rows, spans

PAGE: Final = "docs/reliability.md"
IDS: Final = (*(f"R{n}" for n in range(1, 17)), *(f"A{n}" for n in range(1, 11)), *(f"S{n}" for n in range(1, 9)))
ROWS: Final = {row[0]: row for row in rows(PAGE, "id", "what holds")}
TESTS: Final = {path: path.read_text() for path in (env.ROOT / "tests").rglob("test_*.py")}
MARK: Final = "pytest.mark.acceptance"


def _tested(name: str) -> dict[Path, list[str]]:
    """The tests of an id by file."""
    pattern = re.compile(rf"def (test_(?:[ras]\d+_)*{name.lower()}_\w+)")
    return {path: found for path, text in TESTS.items() if (found := pattern.findall(text))}


def test_all_34_are_listed() -> None:
    assert tuple(ROWS) == IDS


@pytest.mark.parametrize("name", IDS)
def test_an_id_has_the_files_that_hold_its_tests(name: str) -> None:
    assert [env.ROOT / file for file in spans(ROWS[name][2])] == sorted(_tested(name))


@pytest.mark.parametrize("name", IDS)
def test_an_id_has_figures_and_the_commands_that_run_its_tests(name: str) -> None:
    figures, commands = ROWS[name][3:]
    marked = [MARK in TESTS[path] for path in _tested(name)]

    assert re.search(r"\d|every", figures)
    assert f'make acceptance ARGS="-k _{name.lower()}_"' in commands or not any(marked)
    assert f'make test ARGS="-k _{name.lower()}_"' in commands or all(marked)
