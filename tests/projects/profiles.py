"""Where the CPU time of a project's requests goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.projects.processes import Processes

_SECONDS: Final = 1.5
_PACKAGES: Final = 14
_FUNCTIONS: Final = 60


def profile(
    processes: Processes, headers: Mapping[str, str], paths: Sequence[str], changes: Sequence[str]
) -> Iterator[str]:
    """Lines: the packages whose code ran, for each request and for all; then the functions that it ran within."""
    own, within = Counter[str](), Counter[str]()
    with processes.worker(headers, paths, changes, "project_inside.sampling") as child:
        for place, path in enumerate(paths):
            one = child.ask("sample", call=place, seconds=_SECONDS)
            total = sum(one["own"].values())
            yield f"{path}: {_shares(one['own'], total, 6)}"
            own.update({name: number / total for name, number in one["own"].items()})
            within.update({name: number / total for name, number in one["within"].items()})
    yield f"all: {_shares(own, len(paths), _PACKAGES)}"
    for name, number in within.most_common(_FUNCTIONS):
        yield f"  {number / len(paths):6.1%} {name}"


def _shares(samples: Mapping[str, float], total: float, most: int) -> str:
    return ", ".join(f"{name} {number / total:.0%}" for name, number in Counter(samples).most_common(most))
