"""What timed servers ask: a database and a cache of their own, filled with the dataset, beside those of people."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from config import env
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import databases, urls
from users.dataset import Dataset

DATABASE: Final = "perfcompare_bench"
"""Made beside the database of DATABASE_URL unless BENCH_DATABASE_URL names another one."""
REDIS_NUMBER: Final = 1
"""Redis's database for timed servers unless BENCH_REDIS_URL names another one; people's servers use number 0."""
_MIGRATE_S: Final = 300.0


@dataclass(frozen=True, kw_only=True)
class Laboratory:
    """The services as the servers under test get them."""

    environ: Mapping[str, str]
    """DATABASE_URL, REDIS_URL, UPSTREAM_URL and SECRET_KEY."""

    def restore(self) -> None:
        """Take away the users that a writing scenario has made."""
        _manage(self.environ, "seed_users", "--remove-created")


def prepare(environ: Mapping[str, str], dataset: Dataset) -> Laboratory:
    """Make, migrate and fill the database; what is there already is kept.

    `environ` holds DATABASE_URL, REDIS_URL and UPSTREAM_URL. Raises EnvironmentProblem when a service does not do it.
    """
    inside = {
        "DATABASE_URL": environ.get("BENCH_DATABASE_URL") or databases.ensure(environ["DATABASE_URL"], DATABASE),
        "REDIS_URL": environ.get("BENCH_REDIS_URL") or urls.with_redis_database(environ["REDIS_URL"], REDIS_NUMBER),
        "UPSTREAM_URL": environ["UPSTREAM_URL"],
        "SECRET_KEY": secrets.token_urlsafe(50),
    }
    _manage(inside, "migrate", "--verbosity", "0")
    _manage(inside, "seed_users", "--verbosity", "0", "--count", str(dataset.count), "--seed", str(dataset.seed))
    _manage(inside, "seed_users", "--remove-created")
    return Laboratory(environ=inside)


def _manage(environ: Mapping[str, str], *words: str) -> None:
    """Run a management command of its own process: this one imports no Django, and its settings name other services."""
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.local"}
    done = subprocess.run(
        [sys.executable, str(env.ROOT / "manage.py"), *words],
        env={**os.environ, **environ, **settings},
        capture_output=True,
        text=True,
        timeout=_MIGRATE_S,
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise EnvironmentProblem(
            f"The database for timed servers cannot be prepared: `manage.py {' '.join(words)}` says: {' '.join(last)}"
        )
