"""Every sample of a test, exact, in memory: on the process that sends, then on the one that directs the others.

A worker sends what it has once a second and when the test stops, as a message of Locust's own protocol; times become
the director's on the way, by the difference of the two machines' clocks.
"""

from __future__ import annotations

import os
import socket
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

MOST_MESSAGES: Final = 200
"""Different failures that are told apart; a server can make up endless ones."""
OTHER: Final = "other failures"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One answer, or one that did not come."""

    ended_s: float
    """time.monotonic of the process that directs the test."""
    latency_us: float
    """Meaningless when `failure` is set."""
    late_us: float
    """By how much it was sent later than due; 0 in a closed loop."""
    received: int
    """Bytes of the body."""
    method: str
    name: str
    failure: str | None


@dataclass(kw_only=True)
class Samples:
    """Columns of samples, small and quick to append to."""

    ended_s: array[float] = field(default_factory=lambda: array("d"))
    latency_us: array[float] = field(default_factory=lambda: array("d"))
    late_us: array[float] = field(default_factory=lambda: array("d"))
    received: array[int] = field(default_factory=lambda: array("Q"))
    name: array[int] = field(default_factory=lambda: array("H"))
    failure: array[int] = field(default_factory=lambda: array("H"))
    names: dict[tuple[str, str], int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=lambda: {"": 0})

    def add(self, sample: Sample) -> None:
        """Append one."""
        self.ended_s.append(sample.ended_s)
        self.latency_us.append(sample.latency_us)
        self.late_us.append(sample.late_us)
        self.received.append(sample.received)
        self.name.append(self.names.setdefault((sample.method, sample.name), len(self.names)))
        self.failure.append(self._failure(sample.failure or ""))

    def _failure(self, text: str) -> int:
        if text not in self.failures and len(self.failures) > MOST_MESSAGES:
            text = OTHER
        return self.failures.setdefault(text, len(self.failures))

    def __len__(self) -> int:
        return len(self.ended_s)

    def __iter__(self) -> Iterator[Sample]:
        names, failures = list(self.names), list(self.failures)
        for row in range(len(self)):
            method, name = names[self.name[row]]
            yield Sample(
                ended_s=self.ended_s[row],
                latency_us=self.latency_us[row],
                late_us=self.late_us[row],
                received=self.received[row],
                method=method,
                name=name,
                failure=failures[self.failure[row]] or None,
            )

    def packed(self) -> dict[str, Any]:
        """The columns as bytes, for a message."""
        columns = {column: getattr(self, column).tobytes() for column in _COLUMNS}
        return {**columns, "names": [list(name) for name in self.names], "failures": list(self.failures)}

    @classmethod
    def unpacked(cls, message: dict[str, Any]) -> Samples:
        """What `packed` made."""
        samples = cls(
            names={(method, name): index for index, (method, name) in enumerate(message["names"])},
            failures={text: index for index, text in enumerate(message["failures"])},
        )
        for column in _COLUMNS:
            getattr(samples, column).frombytes(message[column])
        return samples

    def extend(self, other: Samples, *, shift_s: float) -> None:
        """Append the samples of another process whose clock is `shift_s` behind this one's."""
        names = [self.names.setdefault(name, len(self.names)) for name in other.names]
        failures = [self._failure(text) for text in other.failures]
        self.ended_s.extend(ended_s + shift_s for ended_s in other.ended_s)
        self.latency_us.extend(other.latency_us)
        self.late_us.extend(other.late_us)
        self.received.extend(other.received)
        self.name.extend(names[index] for index in other.name)
        self.failure.extend(failures[index] for index in other.failure)


_COLUMNS: Final = ("ended_s", "latency_us", "late_us", "received", "name", "failure")


@dataclass(kw_only=True)
class Node:
    """One sending process: how much processor time it had used, at moments."""

    label: str
    cpu: list[tuple[float, float]] = field(default_factory=list)
    """(time.monotonic of the director, seconds)."""
    warned: bool = False
    """Whether Locust itself warned of its processor time."""
    last_heard_s: float = 0.0
    first_heard_s: float = 0.0


def this_node() -> str:
    """A name for this process."""
    return f"{socket.gethostname()} process {os.getpid()}"


def clock_offset() -> float:
    """What to add to this machine's monotonic clock to get the time of day, which machines share."""
    return time.time() - time.monotonic()
