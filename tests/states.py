"""State folders in which services may run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perfcompare.services import locations


@contextmanager
def state_folder() -> Iterator[Path]:
    """A short name, for sockets. Not among pytest's folders, which every new session of pytest closes to other users.

    For root, PostgreSQL runs as another user, who could not start again then.
    """
    with tempfile.TemporaryDirectory(prefix="pc-", dir=locations.SHORT_FOLDER, ignore_cleanup_errors=True) as name:
        yield Path(name)
