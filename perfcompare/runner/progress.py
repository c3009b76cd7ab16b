"""Shows the progress of a run: one line that is rewritten on a terminal, else one line for each trial."""

from __future__ import annotations

import shutil
import time
from typing import Final, Protocol

from perfcompare.core.measurement import Failure, Measurement
from perfcompare.runner.events import Began, Event, Notice, TrialBegan, TrialEnded

_REWRITE: Final = "\r\x1b[K"
"""To the beginning of the line, and erase it."""
_REFUSED_S: Final = 0.1
"""A trial that ended this soon was refused, and is left out of the estimate."""

_PLAN_COUNTS: Final = 0.1
"""The plan counts as this share of the trials: the first scenario of a run may be the dearest or the cheapest."""


class Screen(Protocol):
    """Where progress is written; `terminal` says whether it is a terminal."""

    terminal: bool

    def write(self, text: str = "", *, end: str = "\n") -> None:
        """Write one line, which after another `end` is continued or rewritten."""


class Progress:
    """Takes the events of a run."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._trials = 0
        self._planned_s = 0.0
        self._number = 0
        self._began_s: float | None = None
        self._ended_s = 0.0
        self._ended = 0

    def tell(self, event: Event) -> None:
        """Show what the event means."""
        match event:
            case Began():
                self._trials, self._planned_s = event.trials, event.trial_s
                self._began_s = time.monotonic() if self._began_s is None else self._began_s
            case TrialBegan():
                self._number = event.number
                self._status(str(event.trial.cell))
            case TrialEnded():
                self._end(event)
            case Notice():
                self._line(event.text)

    def close(self) -> None:
        """Remove the status line, however the run ended."""
        if self._screen.terminal:
            self._screen.write(_REWRITE, end="")

    @property
    def left_s(self) -> float:
        """Seconds until the end, from the plan and all that passed so far: servers start between the trials, too."""
        weight = max(self._trials * _PLAN_COUNTS, 1)
        passed_s = self._ended_s - (self._began_s or 0.0) if self._ended else 0.0
        trial_s = (self._planned_s * weight + passed_s) / (weight + self._ended)
        return (self._trials - self._number + (1 if self._screen.terminal else 0)) * trial_s

    def _end(self, event: TrialEnded) -> None:
        self._ended_s = time.monotonic()
        self._ended += event.seconds > _REFUSED_S
        if not self._screen.terminal:
            self._line(f"{self._place()} {event.outcome.cell}: {_words(event.outcome)}; {self._left()}")

    def _status(self, what: str) -> None:
        if self._screen.terminal:
            text = f"{self._place()} {what}; {self._left()}"
            self._screen.write(_REWRITE + text[: shutil.get_terminal_size().columns - 1], end="")

    def _line(self, text: str) -> None:
        self.close()
        self._screen.write(text)

    def _place(self) -> str:
        return f"{self._number}/{self._trials}"

    def _left(self) -> str:
        return left(self.left_s)


def left(seconds: float) -> str:
    """`about 1 min 20 s left`."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"about {minutes} min {seconds} s left" if minutes else f"about {seconds} s left"


def _words(outcome: Measurement | Failure) -> str:
    if isinstance(outcome, Failure):
        return f"failed, {outcome.reason.partition(chr(10))[0]}"
    if not outcome.objections:
        return "measured"
    first = outcome.objections[0]
    return f"measured, but {' and '.join(sorted(first.figures))} cannot be used: {first}"
