"""What the documentation names exists: paths, modules, links; and its lines are short."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from perfcompare.core import env
from tests.docs.pages import PAGES, anchors, links, prose, spans, text

PACKAGE: Final = env.ROOT / "perfcompare"
FOLDERS: Final = (env.ROOT, PACKAGE, PACKAGE / "levers")
"""From which paths are written."""
PATH: Final = re.compile(r"[\w.<>*-]+(/[\w.<>*-]+)*/?")
MADE_LATER: Final = {"report/index.html", "perfcompare/servers/uvicorn_asyncio.py", ".perfcompare/suites"}
"""By a run, by `make suites`, and by the worked example of CONTRIBUTING.md."""
UNFILLED: Final = {"docs/soak.md", "docs/study.md"}
"""A command writes them."""
LONGEST: Final = 120

every_page = pytest.mark.parametrize("name", PAGES)


def named_paths(name: str) -> set[str]:
    """The spans of a page that are paths: they have a slash, and begin with a folder or end with a suffix of files."""
    found = {span for span in spans(prose(name)) if "/" in span and PATH.fullmatch(span)}
    return {span for span in found if _tops(span) or Path(span).suffix in {".py", ".md"}} - MADE_LATER


def _tops(span: str) -> bool:
    first = span.partition("/")[0]
    return any((folder / first).is_dir() for folder in FOLDERS)


def exists(path: str) -> bool:
    """Below one of FOLDERS; `<name>` stands for any name."""
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    return any(any(folder.glob(pattern)) for folder in FOLDERS)


@every_page
def test_every_path_in_backticks_exists(name: str) -> None:
    assert not {path for path in named_paths(name) if not exists(path)}


@every_page
def test_every_program_of_the_tests_exists(name: str) -> None:
    modules = re.findall(r"python -m (tests\.[\w.]+)", text(name))

    assert not {one for one in modules if not (env.ROOT / f"{one.replace('.', '/')}.py").is_file()}


@every_page
def test_every_link_leads_somewhere(name: str) -> None:
    for link in links(name):
        file, _, anchor = link.partition("#")
        path = (PAGES[name].parent / file).resolve() if file else PAGES[name]
        assert path.exists(), link
        assert not anchor or anchor in anchors(path), link


@pytest.mark.parametrize("name", [page for page in PAGES if page not in UNFILLED])
def test_lines_of_prose_fit_into_a_terminal(name: str) -> None:
    lines = [line for line in prose(name).splitlines() if not line.startswith(("|", "    "))]

    assert not [line for line in lines if len(line) > LONGEST]


def test_paths_are_recognised() -> None:
    assert {"docs/methodology.md", "perfcompare/levers/<name>/__init__.py"} <= named_paths("docs/tour.md")
    assert "runner/turns/" in named_paths("docs/architecture.md")
    assert exists("perfcompare/levers/<name>/__init__.py")
    assert not exists("perfcompare/runner/visiting.py")
