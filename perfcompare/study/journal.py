"""Stores the trials of a study in a file as they are measured, so that an interrupted study can continue."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from perfcompare.core import files
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import folders
from perfcompare.study.outcomes import ROLES, Round

_NAME_LENGTH: Final = 16
"""Characters of the digest: enough to tell all studies apart."""


@dataclass(frozen=True, kw_only=True)
class KeptTrial:
    """One trial that gave a figure."""

    round: int
    role: str
    """One of study.outcomes.ROLES."""
    cpu_us: float
    """Of the server, per answer."""
    against: tuple[str, ...]
    """The codes of its objections."""
    seconds: float
    """How long the trial took."""
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
        self._trials: list[KeptTrial] = []
        for line in self._lines():
            if "loops" in line:
                self._calibrations.append(line["loops"])
            else:
                self._trials.append(KeptTrial(**{**line, "against": tuple(line["against"])}))

    @property
    def loops(self) -> int | None:
        """The injected work of this study; None before its calibration."""
        return self._calibrations[0] if self._calibrations else None

    def calibrated(self, loops: int) -> None:
        """Store the number of injected loops."""
        self._calibrations.append(loops)
        self._append({"loops": loops})

    def note(self, kept: KeptTrial) -> None:
        """Store a trial."""
        self._trials.append(kept)
        self._append(asdict(kept))

    @property
    def attempts(self) -> int:
        """The number of passes so far."""
        return max((kept.attempt for kept in self._trials), default=0)

    def rounds(self) -> Mapping[int, Sequence[KeptTrial]]:
        """The trials of each round that has every role from one pass, in the order of the rounds.

        An interrupted round is incomplete. Its figures are not mixed with those of another time.
        """
        found: dict[tuple[int, int], list[KeptTrial]] = defaultdict(list)
        for kept in self._trials:
            found[kept.round, kept.attempt].append(kept)
        return {number: trials for (number, _attempt), trials in sorted(found.items()) if len(trials) == len(ROLES)}

    def remove(self) -> None:
        """Delete the file. The next study with its key begins anew."""
        self.file.unlink(missing_ok=True)

    def _lines(self) -> Iterator[dict[str, Any]]:
        """The stored lines. A process that was killed while it wrote may have left an incomplete last line, which is
        dropped."""
        if self.file.exists():
            *whole, torn = self.file.read_text(encoding="utf-8").split("\n")
            if torn:
                files.write(self.file, "".join(f"{line}\n" for line in whole))
            yield from map(json.loads, whole)

    def _append(self, line: Mapping[str, Any]) -> None:
        try:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(line)}\n")
        except OSError as error:
            raise EnvironmentProblem(f"Cannot write {self.file}: {error.strerror}. Free disk space.") from error


def figures(trials: Sequence[KeptTrial]) -> Round:
    """The costs of a round by role."""
    return {kept.role: kept.cpu_us for kept in trials}
