"""The documentation as data: pages, what stands in backticks, tables, links, commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from perfcompare.core import env

DOCS: Final = env.ROOT / "docs"
PAGES: Final = {
    str(path.relative_to(env.ROOT)): path
    for path in (env.ROOT / "README.md", env.ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md")))
}
_FENCE: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def text(name: str) -> str:
    """A page by its path."""
    return PAGES[name].read_text(encoding="utf-8")


def prose(name: str) -> str:
    """The same without fenced blocks."""
    return _FENCE.sub("", text(name))


def spans(markdown: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`\n]+)`", markdown)


def section(name: str, title: str) -> str:
    """The part of a page below a heading, up to the next heading of any depth."""
    _before, _title, rest = text(name).partition(f" {title}\n")
    assert rest, f"{name} has no section {title!r}"
    return re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(name: str, *head: str) -> list[list[str]]:
    """The rows of the table of a page whose head begins with these words."""
    lines = iter(text(name).splitlines())
    begins = "| " + " | ".join(head)
    assert any(line.startswith(begins) for line in lines), f"{name} has no table {head}"
    next(lines)
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def names(name: str, *head: str) -> set[str]:
    """The names in the first column of that table."""
    return {span for row in rows(name, *head) for span in spans(row[0])}


def links(name: str) -> Iterator[str]:
    """The relative links and pictures of a page."""
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(name)):
        if "://" not in link:
            yield link


def anchors(path: Path) -> set[str]:
    """What a link into a page can point to."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
