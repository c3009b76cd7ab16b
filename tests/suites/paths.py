"""Folders for PYTHONPATH that have the levers and a little more, and nothing else of this project."""

from __future__ import annotations

from pathlib import Path

from perfcompare.core import env
from tests.suites.fetching import alone, cache


def path(name: str, started: str = "", **packages: Path) -> Path:
    """The folder `name`: with `perfcompare`, links to `packages`, and `started`, which each process executes first."""
    folder = cache() / name
    with alone():
        folder.mkdir(parents=True, exist_ok=True)
        first = folder / "sitecustomize.py"
        # Written once: another process may be reading it.
        if started and not first.exists():
            first.write_text(started)
        for link, target in {"perfcompare": env.ROOT / "perfcompare", **packages}.items():
            _link(folder / link, target)
    return folder


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target)
