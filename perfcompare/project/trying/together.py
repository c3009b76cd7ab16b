"""Which changes go together, after each was measured alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.plugins import servers
from perfcompare.project.target import AS_IS
from perfcompare.project.trying.figures import Figures
from perfcompare.project.trying.results import Kind, Tried

SETTINGS: Final = "settings"
LEVERS: Final = "levers"
_LABELS: Final = {SETTINGS: "by settings", LEVERS: "by settings and levers"}
Fault = Callable[[Tried], str]
"""Why a variant cannot be used; empty when it can."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """A change that was right alone and is not part of the combination, and why."""

    name: str
    reason: str


def accepted(figures: Figures, tried: Sequence[Tried], kind: Kind) -> list[Tried]:
    """The changes of a kind that save something, those that save most first."""
    found = [
        (beside.ratio, one)
        for one in tried
        if one.kind is kind and figures.saves(one.name) and (beside := figures.beside(one.name))
    ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def promising(figures: Figures, tried: Sequence[Tried]) -> list[Tried]:
    """The changes that are worth more than a look: those that seemed to save something, and the best two servers."""
    fitting = [one for one in accepted(figures, tried, Kind.SERVER) if not _lacks(figures, one)]
    return [*fitting[:2], *accepted(figures, tried, Kind.SETTING), *accepted(figures, tried, Kind.LEVER)]


def best_server(figures: Figures, tried: Sequence[Tried]) -> Tried | None:
    """The cheapest server, if it is clearly cheaper than the project's own: nobody changes that for noise."""
    fitting = (one for one in accepted(figures, tried, Kind.SERVER) if not _lacks(figures, one))
    return next((one for one in fitting if figures.clearly(one.name)), None)


def unfit(figures: Figures, tried: Sequence[Tried]) -> Iterator[Left]:
    """The servers that are cheaper, and do not all that the project's own does."""
    for one in accepted(figures, tried, Kind.SERVER):
        if lacks := _lacks(figures, one):
            yield Left(name=one.name, reason=f"{lacks}, as the project's own server does.")


def _lacks(figures: Figures, one: Tried) -> str:
    own = figures.results.variant(AS_IS)
    return servers[one.server].lacks(servers[own.server]) if own else ""


def combined(name: str, own: Tried, server: Tried | None, changes: Sequence[Tried]) -> Tried:
    """All of these as one variant."""
    chosen = [*([server] if server else ()), *changes]
    served = server or own
    return Tried(
        name=name,
        kind=Kind.TOGETHER,
        label=f"{_LABELS[name]}, on {servers[served.server].label}",
        server=served.server,
        changes=tuple(change for one in changes for change in one.changes),
        does=", ".join(one.label for one in chosen),
        lines=tuple(line for one in chosen for line in one.lines),
    )


def agreeing(
    whole: Callable[[Sequence[Tried]], Tried], changes: Sequence[Tried], fault: Fault
) -> Iterator[Tried | Left]:
    """The changes that work together: one after another joins those before it, unless a fault appears.

    When all of them work at once, nothing is tried one by one.
    """
    if not fault(whole(changes)):
        yield from changes
        return
    kept: list[Tried] = []
    for one in changes:
        reason = fault(whole([*kept, one]))
        if reason:
            yield Left(name=one.name, reason=reason)
        else:
            kept.append(one)
            yield one
