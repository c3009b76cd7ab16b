"""How much processor time a process's control groups allow, and how often they held it back.

It reads version 1 (https://docs.kernel.org/scheduler/sched-bwc.html) and version 2
(https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu). Most containers see their own group as the root. The groups
above it and their quotas are invisible then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

SELF: Final = Path("/proc/self")
_NO_QUOTA: Final = {"max", "-1"}


@dataclass(frozen=True, kw_only=True)
class Throttling:
    """How often the groups of a process had used up their quota since their start. Subtract two for a window."""

    periods: int
    """Periods with a quota in which a process ran. A period lasts 0.1 s by default."""
    throttled: int
    """Periods at whose end a process was waiting."""
    seconds: float
    """Time held back, added up over the processors."""


def quota(proc: Path = SELF) -> float | None:
    """How many processors the process with that folder in /proc may use: the least of its group and those above.

    None when there is no limit, or none can be read.
    """
    return min((found for folder in _folders("cpu", proc) if (found := _quota(folder)) is not None), default=None)


def throttled(proc: Path = SELF) -> Throttling | None:
    """How often its group and those above it were held back in total; None when the kernel does not report it."""
    found = [_numbers(folder / "cpu.stat") for folder in _folders("cpu", proc)]
    found = [numbers for numbers in found if "nr_throttled" in numbers]
    if not found:
        return None
    return Throttling(
        periods=sum(numbers.get("nr_periods", 0) for numbers in found),
        throttled=sum(numbers["nr_throttled"] for numbers in found),
        seconds=sum(_throttled_s(numbers) for numbers in found),
    )


def throttled_s(proc: Path = SELF) -> float:
    """The seconds of `throttled`; 0 when the kernel does not report them."""
    found = throttled(proc)
    return found.seconds if found else 0.0


def _quota(folder: Path) -> float | None:
    words = (_text(folder / "cpu.max") or "").split()
    if not words:
        words = [_text(folder / f"cpu.cfs_{name}_us") or "" for name in ("quota", "period")]
    with suppress(ValueError, ZeroDivisionError):
        return None if words[0] in _NO_QUOTA else int(words[0]) / int(words[1])
    return None


def _throttled_s(numbers: dict[str, int]) -> float:
    """Microseconds in version 2, nanoseconds in version 1."""
    return numbers.get("throttled_usec", 0) / 1e6 + numbers.get("throttled_time", 0) / 1e9


def _folders(controller: str, proc: Path) -> Iterator[Path]:
    """The folder of the process's group for a controller, and of each visible group above it."""
    for mount, root, path in _mounted(controller, proc):
        try:
            below = PurePosixPath(path).relative_to(root)
        except ValueError:
            below = PurePosixPath()  # it is outside of what is to be seen here; what is shown is a group above it
        # for a group outside its namespace the kernel writes /../other
        if ".." in below.parts:
            below = PurePosixPath()
        folder = mount / below
        yield folder
        while folder != mount:
            folder = folder.parent
            yield folder


def _mounted(controller: str, proc: Path) -> Iterator[tuple[Path, str, str]]:
    """The folder of the groups with that controller, the top group there, and the process's group."""
    groups = _groups(proc)
    for line in (_text(proc / "mountinfo") or "").splitlines():
        left, _, right = line.partition(" - ")
        if len(left.split()) < 5 or len(right.split()) < 3:
            continue
        root, mount = left.split()[3:5]
        kind, _source, options = right.split()[:3]
        here = kind == "cgroup2" or (kind == "cgroup" and controller in options.split(","))
        name = "" if kind == "cgroup2" else controller
        if here and name in groups:
            yield Path(mount.replace("\\040", " ")), root, groups[name]


def _groups(proc: Path) -> dict[str, str]:
    """The path of the process's group by controller; that of version 2 by an empty name."""
    found: dict[str, str] = {}
    for line in (_text(proc / "cgroup") or "").splitlines():
        _number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        found |= dict.fromkeys(controllers.split(","), path)
    return found


def _numbers(file: Path) -> dict[str, int]:
    """The lines `name number` of a file; nothing when there is none."""
    pairs = (line.split() for line in (_text(file) or "").splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
