"""`manage.py seed_users`: fill the database with the deterministic users."""

from __future__ import annotations

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from users import seeding

_PERCENT_PER_PLAIN_LINE = 10


class Command(BaseCommand):
    """Parse, seed, tell."""

    help = "Fill the database with deterministic users and what hangs on them; a second time changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many users, made from which seed."""
        parser.add_argument("--count", type=int, default=1000, help="number of users (default: %(default)s)")
        parser.add_argument(
            "--remove-created", action="store_true", help="only take away the users that programs have made since"
        )
        parser.add_argument(
            "--exactly", action="store_true", help="also take those away, and fail when any other row is left"
        )
        parser.add_argument("--seed", type=int, default=1, help="what the values are drawn from (default: %(default)s)")

    def handle(
        self, *, count: int, seed: int, remove_created: bool, exactly: bool, verbosity: int, **_options: Any
    ) -> None:
        """Seed and say what happened; CommandError when it cannot be done."""
        if remove_created:
            self.stdout.write(f"Took away {seeding.remove_created()} users that programs had made.")
            return
        progress = ProgressLine(self.stdout)
        make = seeding.exactly if exactly else seeding.seed
        try:
            changed = make(count=count, seed=seed, progress=progress if verbosity else seeding.silent)
        except (ValueError, seeding.SeedingError) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            what = f"{count} users from seed {seed}"
            done = f"Seeded {what} in {progress.seconds:.1f} s."
            self.stdout.write(done if changed else f"Already seeded: {what}. Nothing was changed.")


class ProgressLine:
    """Percent done and estimated time left: one line that is rewritten on a terminal, a line now and then elsewhere."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._started = monotonic()
        self._terminal = out.isatty()
        self._next_percent = 0

    @property
    def seconds(self) -> float:
        """Seconds since it was made."""
        return monotonic() - self._started

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` rows are written."""
        percent = 100 * done // total
        if percent < self._next_percent:
            return
        self._next_percent = percent + (1 if self._terminal else _PERCENT_PER_PLAIN_LINE)
        line = f"Seeding {percent:3d} %"
        if done:
            line += f", {self.seconds / done * (total - done):.0f} s left"
        if self._terminal:
            self._out.write(f"\r{line:<40}", ending="\n" if done == total else "")
        else:
            self._out.write(line)
        self._out.flush()
