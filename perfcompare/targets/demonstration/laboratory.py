"""The database and the cache of timed servers, filled with the dataset, beside those of the user.

The database that this module creates belongs to the benchmark. Before a run, and after a scenario that writes, it holds
exactly what seeding makes; otherwise it is dropped and created again. Its comment holds the fingerprint of the seeded
state (services/fingerprint.py). A database that BENCH_DATABASE_URL names belongs to the user. Nothing of the user's is
deleted in it, and an error says what is wrong with it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import psycopg
import redis

from perfcompare.core import env, surroundings
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.packages import version
from perfcompare.services import databases, locations, urls
from perfcompare.services.fingerprint import fingerprint

DATABASE: Final = "perfcompare_bench"
"""Made beside the database of DATABASE_URL unless BENCH_DATABASE_URL names another one."""
REDIS_NUMBER: Final = 1
"""Redis's database for timed servers unless BENCH_REDIS_URL names another one; people's servers use number 0."""
_MIGRATE_S: Final = 300.0
_PERSONS: Final = "It is the database of BENCH_DATABASE_URL. Without that variable the benchmark creates its own."
_EMPTYING: Final = (
    'DATABASE_URL="$BENCH_DATABASE_URL" .venv/bin/python manage.py flush empties it (every row is lost), and the next '
    "run fills it."
)


@dataclass(frozen=True, kw_only=True)
class Laboratory:
    """The services as the servers under test get them."""

    environ: Mapping[str, str]
    """DATABASE_URL, REDIS_URL, UPSTREAM_URL and SECRET_KEY."""
    dataset: Dataset
    made: tuple[str, str] | None = None
    """The URL beside which this program created the database, and its name; None for a user's database."""

    def restore(self) -> None:
        """Restore the seeded state: delete the users of a writing scenario, and check that nothing else changed.

        EnvironmentProblem when that is impossible.
        """
        if self.made is None:
            self._seed()
        elif not self._unchanged(*self.made) and not (self._takes_away() and self._unchanged(*self.made)):
            self._make_anew(*self.made)

    def prepare(self) -> None:
        """Restore the seeded state of a database in an unknown state."""
        if self.made is None:
            self._fill()
        elif not self._unchanged(*self.made):
            self._make_anew(*self.made)

    def _make_anew(self, url: str, name: str) -> None:
        databases.remake(url, name)
        self._fill()
        databases.set_note(url, name, self._state())

    def _unchanged(self, url: str, name: str) -> bool:
        """Whether it is in its seeded state, and seeding would make the same today."""
        try:
            return databases.note(url, name) == self._state()
        except psycopg.Error:  # the server answers, so it is this database that nobody can read any more
            return False

    def _state(self) -> str:
        content = fingerprint(self.environ["DATABASE_URL"])
        return f"{self.dataset.count} users, seed {self.dataset.seed}, code {_of_code()}, content {content}"

    def _takes_away(self) -> bool:
        try:
            self._seed()
        except EnvironmentProblem:
            return False
        return True

    def _fill(self) -> None:
        self._manage("migrate", "--verbosity", "0")
        self._seed()

    def _seed(self) -> None:
        count, seed = str(self.dataset.count), str(self.dataset.seed)
        self._manage("seed_users", "--verbosity", "0", "--exactly", "--count", count, "--seed", seed)

    def _manage(self, *words: str) -> None:
        """Run a management command in a separate process, because this one imports no Django and has other services."""
        done = subprocess.run(
            # The checks load the URLs of all stacks, for half of the command's time.
            [sys.executable, str(env.ROOT / "manage.py"), *words, "--skip-checks"],
            env=surroundings.child(os.environ, **self.environ, DJANGO_SETTINGS_MODULE="config.settings.local"),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_MIGRATE_S,
        )
        if done.returncode != 0:
            last = " ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-1:])
            said = f"The database for timed servers cannot be prepared: `manage.py {words[0]}` says: {last}"
            raise EnvironmentProblem(said if self.made else f"{said} {_way_out(last)}")


def prepare(environ: Mapping[str, str], dataset: Dataset, *, number: int = 0) -> Laboratory:
    """A database that holds exactly the dataset, and an empty cache where Redis is embedded.

    `environ` holds DATABASE_URL, REDIS_URL and UPSTREAM_URL. `number` tells several laboratories apart that are there
    at once; a user's database is always the same one. Raises EnvironmentProblem when a service does not do it.
    """
    named = environ.get("BENCH_DATABASE_URL")
    name, cache = f"{DATABASE}_{number}" if number else DATABASE, REDIS_NUMBER + number
    inside = {
        "DATABASE_URL": named or databases.ensure(environ["DATABASE_URL"], name),
        "REDIS_URL": environ.get("BENCH_REDIS_URL") or urls.with_redis_database(environ["REDIS_URL"], cache),
        "UPSTREAM_URL": environ["UPSTREAM_URL"],
        "SECRET_KEY": secrets.token_urlsafe(50),
    }
    made = None if named else (environ["DATABASE_URL"], name)
    place = Laboratory(environ=inside, dataset=dataset, made=made)
    _empty(inside["REDIS_URL"])
    place.prepare()
    return place


def _way_out(said: str) -> str:
    """For a user's database: seeding refuses conflicting rows with a CommandError."""
    return f"{_PERSONS} {_EMPTYING}" if "CommandError" in said else _PERSONS


def _of_code() -> str:
    """A text that changes with the code that makes tables and rows: this checkout, and packages with tables."""
    patterns = ("users/**/*.py", "perfcompare/migrations/*.py", "config/settings/*.py")
    files = sorted(file for pattern in patterns for file in env.ROOT.glob(pattern))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    return f"{digest.hexdigest()[:16]} Django {version('Django')} DRF {version('djangorestframework')}"


def _empty(url: str) -> None:
    """Empty the cache of an embedded Redis. In another Redis the keys may be the user's."""
    if urls.address(url) != urls.address(locations.redis_url()):
        return
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
            client.flushdb()
    except redis.RedisError as error:
        raise EnvironmentProblem(f"Redis cannot be used: {error}. Start it, or correct REDIS_URL.") from error
