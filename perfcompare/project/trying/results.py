"""What a `try` has found, as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import Any, Final

from perfcompare.core import env, files
from perfcompare.core.errors import UsageError

FORMAT: Final = 1
FILE: Final = "results.json"
LATEST: Final = "latest"
BUSY: Final = 0.1
"""A machine is busy when other programs use more than this share of its processors."""


class Kind(StrEnum):
    """What sort of variant it is."""

    AS_IS = "as is"
    SETTING = "setting"
    SERVER = "server"
    LEVER = "lever"
    TOGETHER = "together"
    BOUND = "bound"


class State(StrEnum):
    """How it ended."""

    UNDER_WAY = "under way"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request of perfcompare.toml."""

    name: str
    method: str
    path: str
    weight: float
    connections: int = 0
    """How many send it at the same time: few where an answer is dear."""
    hole: str = ""
    """Why it is not measured; empty when it is."""
    unstable: tuple[str, ...] = ()
    """The places at which its answers differ by themselves, which are not compared."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One variant that is measured."""

    name: str
    kind: Kind
    label: str
    server: str
    changes: tuple[str, ...] = ()
    does: str = ""
    """What it changes, in a sentence."""
    costs: str = ""
    source: str = ""
    lines: tuple[str, ...] = ()
    """What the project writes to have it."""
    differs: tuple[str, ...] = ()
    """What of its answers differs on purpose: sentences."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """One variant that is not measured, and why."""

    name: str
    kind: Kind
    label: str
    applies: bool
    """False when it cannot be used in this project; true when it was tried, and failed or changed answers."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One variant and request in one round."""

    round: int
    variant: str
    request: str
    cpu_us: float | None = None
    """Of the server's processes per right answer; None without a figure that may be used."""
    trouble: str = ""
    """Why there is none."""
    answers: int = 0
    p50_ms: float | None = None
    """At equal load, as the next one; None where it was not measured."""
    p99_ms: float | None = None


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What one request makes happen."""

    variant: str
    request: str
    statements: float
    body_bytes: float
    on_the_way: bool = True
    """Counted by a proxy on the way to the database; else by the project's own cursors."""


@dataclass(kw_only=True)
class Results:
    """Everything."""

    state: State = State.UNDER_WAY
    began: str = ""
    command: str = ""
    settings: str = ""
    """The project's settings module."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The machine and the software."""
    plan: list[str] = field(default_factory=list)
    """What was going to be measured, how long that was going to take, and what was left out."""
    notes: list[str] = field(default_factory=list)
    unbounded: str = ""
    """Why there is no forecast, or no bound at all."""
    requests: list[Asked] = field(default_factory=list)
    sample: list[str] = field(default_factory=list)
    """The requests at which each change is measured alone; empty: all."""
    tried: list[Tried] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    """What share of the machine's processors other programs used: one look in each round, while nothing was asked."""
    work: list[Counted] = field(default_factory=list)

    def variant(self, name: str) -> Tried | None:
        """The variant with this name, if it is measured."""
        return next((one for one in self.tried if one.name == name), None)

    @property
    def disturbance(self) -> str:
        """What other programs did meanwhile, in sentences; empty where it was little, or is not known."""
        used = median(self.others) if self.others else 0.0
        if used <= BUSY:
            return ""
        named = ", ".join(self.facts.get("busy", ()))
        began = f" When it began, these were at work: {named}." if named else ""
        return f"Other programs used {used:.0%} of this machine's processors while this was measured.{began}"

    def works(self, variant: str) -> Mapping[str, Counted]:
        """What its requests make happen, as far as it was counted."""
        return {one.request: one for one in self.work if one.variant == variant}


def folder() -> Path:
    """The folder of all results of `try`."""
    return env.state_folder().resolve() / "try"


def write(results: Results, place: Path) -> None:
    """Store them in the folder `place`."""
    files.write(place / FILE, json.dumps({"format": FORMAT, **asdict(results)}, indent=1, default=str) + "\n")


def read(path: Path) -> Results:
    """The results in a file, or in a folder. UsageError when there are none."""
    file = path / FILE if path.is_dir() else path
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} holds no results of `perfcompare try`: {error}.") from error
    if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
        raise UsageError(f"{file} was not written by this version of `perfcompare try`. Run it again.")
    return Results(
        **{
            **found,
            "state": State(found["state"]),
            "requests": [Asked(**{**one, "unstable": tuple(one["unstable"])}) for one in found["requests"]],
            "tried": [_tried(one) for one in found["tried"]],
            "refused": [Refused(**{**one, "kind": Kind(one["kind"])}) for one in found["refused"]],
            "trials": [Trial(**one) for one in found["trials"]],
            "work": [Counted(**one) for one in found["work"]],
        }
    )


def _tried(one: dict[str, Any]) -> Tried:
    lists = {name: tuple(one[name]) for name in ("changes", "lines", "differs")}
    return Tried(**{**one, **lists, "kind": Kind(one["kind"])})
