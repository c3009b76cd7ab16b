"""The visits of a study, kept in a file as they are measured, so that an interrupted study goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import folders
from perfcompare.study.outcomes import ROLES, Round

_NAME_LENGTH: Final = 16
"""Of the digest: nobody has so many studies that two of them share these characters."""


@dataclass(frozen=True, kw_only=True)
class Visited:
    """One visit that gave a figure."""

    round: int
    role: str
    """One of study.outcomes.ROLES."""
    cpu_us: float
    """Of the server, per answer."""
    against: tuple[str, ...]
    """The codes of what spoke against it."""
    seconds: float
    """How long the visit took."""
    attempt: int
    """Which pass over the rounds that were missing this was (1, 2, …)."""
    commit: str
    """The code that measured."""


class Journal:
    """The file of one study. `key` is what the study depends on: another key is another study, with another file."""

    def __init__(self, folder: Path, key: Mapping[str, Any]) -> None:
        digest = hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()
        self.file = folders.private(folder) / f"{digest[:_NAME_LENGTH]}.jsonl"
        self._calibrations: list[int] = []
        self._visits: list[Visited] = []
        for line in self._lines():
            if "loops" in line:
                self._calibrations.append(line["loops"])
            else:
                self._visits.append(Visited(**{**line, "against": tuple(line["against"])}))

    @property
    def loops(self) -> int | None:
        """What was planted in this study; None before its calibration."""
        return self._calibrations[0] if self._calibrations else None

    def calibrated(self, loops: int) -> None:
        """Keep what is planted."""
        self._calibrations.append(loops)
        self._append({"loops": loops})

    def note(self, visited: Visited) -> None:
        """Keep a visit."""
        self._visits.append(visited)
        self._append(asdict(visited))

    @property
    def attempts(self) -> int:
        """How many passes there were."""
        return max((visited.attempt for visited in self._visits), default=0)

    def rounds(self) -> Mapping[int, Sequence[Visited]]:
        """The visits of each round that has every role from one attempt, the rounds in their order.

        A round that was interrupted is not whole, and what it has is not mixed with figures of another time.
        """
        found: dict[tuple[int, int], list[Visited]] = defaultdict(list)
        for visited in self._visits:
            found[visited.round, visited.attempt].append(visited)
        return {number: visits for (number, _attempt), visits in sorted(found.items()) if len(visits) == len(ROLES)}

    def remove(self) -> None:
        """Forget the study: the next one with its key begins anew."""
        self.file.unlink(missing_ok=True)

    def _lines(self) -> Iterator[dict[str, Any]]:
        """What was kept; the last line of a process that was killed while writing it is none."""
        if self.file.exists():
            *whole, torn = self.file.read_text(encoding="utf-8").split("\n")
            if torn:
                self.file.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
            yield from map(json.loads, whole)

    def _append(self, line: Mapping[str, Any]) -> None:
        try:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(line)}\n")
        except OSError as error:
            raise EnvironmentProblem(f"Cannot write {self.file}: {error.strerror}. Free disk space.") from error


def figures(visits: Sequence[Visited]) -> Round:
    """The costs of a round by role."""
    return {visited.role: visited.cpu_us for visited in visits}
