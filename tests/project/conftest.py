"""A project that knows nothing of this one, on the embedded services, with its tables filled."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from perfcompare.core import env
from perfcompare.services import databases, urls
from tests import probes

SAMPLE: Final = Path(__file__).parent / "sample"
DATABASE: Final = "perfcompare_shop"


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The project, and how its manage.py is called."""

    url: str
    """Of its database."""
    folder: Path
    """Where perfcompare.toml lies, results are kept, and commands are called."""

    def environ(self) -> dict[str, str]:
        """A shell in which somebody works on the project."""
        mine = {"SHOP_DATABASE": self.url, "PYTHONPATH": str(env.ROOT), "PERFCOMPARE_STATE": str(self.folder / "state")}
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **mine, **probes.environ()}

    def manage(self, *words: str, status: int = 0, more: Mapping[str, str] | None = None) -> str:
        """What the command prints with `more` in its environment; it must end with this status."""
        return self.run([sys.executable, str(SAMPLE / "manage.py"), *words], status, more)

    def run(self, command: Sequence[str], status: int, more: Mapping[str, str] | None = None) -> str:
        environ = {**self.environ(), **(more or {})}
        done = subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=300)
        assert done.returncode == status, f"{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def shop_database(worker_id: str, services: None) -> str:
    """The URL of the shop's database, filled once for each worker."""
    name = f"{DATABASE}_{worker_id}"
    databases.remake(os.environ["DATABASE_URL"], name)
    url = urls.with_database(os.environ["DATABASE_URL"], name)
    filled = Shop(url=url, folder=SAMPLE)
    filled.manage("migrate", "--verbosity", "0")
    filled.manage("fill_shop")
    return url


@pytest.fixture
def shop(shop_database: str, tmp_path: Path) -> Shop:
    """The project in a folder of the test's own."""
    return Shop(url=shop_database, folder=tmp_path)
