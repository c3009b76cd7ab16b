"""How much of each request is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from perfcompare.core.http import Reply
from perfcompare.project.audit import measuring


@dataclass
class Worker:
    """Answers at this cost."""

    cpu_us: float
    wall_us: float
    asked: list[int] = field(default_factory=list)

    def measure(self, _call: int, number: int) -> Mapping[str, Any]:
        """What a request costs."""
        self.asked.append(number)
        return {"cpu_us": self.cpu_us, "wall_us": self.wall_us, "statuses": [200]}

    def reply(self, _call: int) -> Reply:
        """Nobody asks for it here."""
        raise NotImplementedError


@pytest.mark.parametrize(
    ("cpu_us", "wall_us", "answers", "before"),
    [
        (6_000, 7_000, 10, 13),
        (1, 2, measuring.MOST, 3 + measuring.MOST),
        (300_000, 400_000, 2, 3),
        (5_000_000, 5_000_000, 2, 3),
        (1_000, 250_000, 2, 3),
        (1_000, 100_000, 5, 8),
    ],
    ids=["cheap", "nothing", "dear", "very dear", "waits", "waits a little"],
)
def test_a_round_has_so_many_answers_and_so_many_before_them(
    cpu_us: float, wall_us: float, answers: int, before: int
) -> None:
    worker = Worker(cpu_us, wall_us)

    assert measuring.block(worker, 0) == answers
    assert sum(worker.asked) == before
