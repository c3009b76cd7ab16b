"""Folders that only this user can enter, and the system user that runs PostgreSQL for root."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

from perfcompare.core.errors import EnvironmentProblem


def private(path: Path, owner: str | None = None) -> Path:
    """Create `path` with its parents for the system user `owner` (default: this user), and return it.

    Raises EnvironmentProblem when it cannot be written or belongs to another user.
    """
    # root's services run as another user, who must be able to pass through, but nothing more
    mode = 0o711 if os.geteuid() == 0 and owner is None else 0o700
    uid = os.geteuid() if owner is None else pwd.getpwnam(owner).pw_uid
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        if owner is not None:
            os.chown(path, uid, pwd.getpwnam(owner).pw_gid, follow_symlinks=False)
        status = path.lstat()
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} cannot be made: {error.strerror}. Set PERFCOMPARE_STATE to a folder that you can write."
        ) from error
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != uid:
        raise EnvironmentProblem(f"{path} is not a folder of this user. Remove it, or set PERFCOMPARE_STATE.")
    return path


def passable(path: Path) -> None:
    """Let other users pass through the folders above `path` without listing them. Only root needs this, and only
    root may do it."""
    for folder in path.resolve().parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def readable(folder: Path) -> None:
    """Let other users read and run the contents of `folder`, even if it was installed under a umask that forbids it."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) | _as_owner(path))


def _as_owner(path: Path) -> int:
    """Give everyone the owner's read and execute permissions."""
    owner = path.stat().st_mode & (stat.S_IRUSR | stat.S_IXUSR)
    return owner | owner >> 3 | owner >> 6
