"""An objection to a figure: a code, the kinds of figures that it rejects, and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self


class Figure(StrEnum):
    """The kinds of figures of a trial. Each may be valid without the others."""

    COST = "cost"
    """CPU time per answer."""
    RATE = "rate"
    """Answers per second."""
    LATENCY = "latency"
    MEMORY = "memory"


EVERY: Final = frozenset(Figure)
TIMES: Final = frozenset({Figure.RATE, Figure.LATENCY})
"""Figures that depend on the wall clock; processor time does not."""


@dataclass(frozen=True, kw_only=True)
class Objection:
    """One reason why some figures of a trial must not be used. The others stay valid."""

    code: str
    """The detector that objects."""
    figures: frozenset[Figure]
    sentence: str

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"

    def stored(self) -> dict[str, Any]:
        """As JSON: `code`, `figures`, `sentence`."""
        return {"code": self.code, "figures": sorted(self.figures), "sentence": self.sentence}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From that JSON; KeyError or ValueError for anything else."""
        figures = frozenset(Figure(name) for name in stored["figures"])
        return cls(code=str(stored["code"]), figures=figures, sentence=str(stored["sentence"]))
