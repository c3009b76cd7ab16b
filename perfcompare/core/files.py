"""Files that people keep: each is written beside its place and takes it when it is whole."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from perfcompare.core.errors import EnvironmentProblem


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A new file to write into, which takes the place of `path` when the block ends without an error.

    Until then, and after an error, an earlier file stays as it was: a full disk loses nothing. Folders above it are
    made. A device or a pipe (`/dev/stdout`) has no earlier state and is written to as it is. Raises EnvironmentProblem
    when the system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        with _beside(path.resolve()) as file:
            yield file
    except OSError as error:
        raise EnvironmentProblem(
            f"Cannot write {path}: {error.strerror or error}. Choose another place, or free disk space."
        ) from error


def write(path: Path, text: str) -> None:
    """Let `text` be the content of the file, in UTF-8. Raises EnvironmentProblem, see `whole`."""
    with whole(path) as file:
        file.write(text.encode())


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    """A link's target is replaced, not the link. The mode of an earlier file is kept."""
    unfinished = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as file:
            if path.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
