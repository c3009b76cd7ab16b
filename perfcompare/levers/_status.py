"""What each lever is doing in this process, as data."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from django.conf import settings

from perfcompare.core.lever import Lever
from perfcompare.core.versions import problems
from perfcompare.levers._project import Project
from perfcompare.levers._registry import levers
from perfcompare.levers._replacing import Installation, Part, Replacement, installations

_PACKAGE: Final = "perfcompare.levers"


class State(StrEnum):
    """Of a lever or a part."""

    ACTIVE = "active"
    PARTLY = "partly active"
    STOCK = "inactive"
    UNUSED = "not used"
    """The settings do not name it, and nothing in this process has loaded it."""


@dataclass(frozen=True, kw_only=True)
class ReplacementStatus:
    """One attribute of another package."""

    target: str
    state: State
    patched_by: str | None = None
    """What another package has put over it since it was installed."""
    fast: int = 0
    stock: int = 0
    """How often it went the lever's way in this process, and how often stock's."""


@dataclass(frozen=True, kw_only=True)
class ClassesStatus:
    """Classes of the project that a part leaves to stock for the same reason."""

    kind: str
    """Such as "serializers"."""
    what: str
    """Which of their sides, when there are several."""
    reason: str
    names: tuple[str, ...]
    of: int
    """How many classes of this kind there are."""

    @property
    def said(self) -> str:
        """Without their names: most of a sentence."""
        what = f" ({self.what})" if self.what else ""
        return f"inactive for {len(self.names)} of {self.of} {self.kind}{what}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class PartStatus:
    """One part of a lever."""

    name: str
    state: State
    reasons: tuple[str, ...]
    """Why it is inactive or, of an active part, what it leaves to stock at this moment and why: sentences."""
    replacements: tuple[ReplacementStatus, ...]
    fast: int = 0
    stock: int = 0
    """The sums of what its replacements, and it beside them, have counted in this process."""
    classes: tuple[ClassesStatus, ...] = ()
    """What it leaves to stock, down to the class; only where that was asked for."""


@dataclass(frozen=True, kw_only=True)
class LeverStatus:
    """One lever; without parts when it replaces nothing, but is named in settings or called by the project."""

    name: str
    state: State
    tested: tuple[str, ...] = ()
    """With which versions: "Django 5.2 to 6.1"."""
    reasons: tuple[str, ...] = ()
    """Why all of it is inactive or, of an active lever without parts, what it leaves to stock at this moment."""
    parts: tuple[PartStatus, ...] = ()
    fast: int = 0
    stock: int = 0
    """The sums of its parts, or what a lever without parts has counted."""


def status(project: Project | None = None) -> dict[str, LeverStatus]:
    """All levers by their names; with a project, also what they do with its classes."""
    # Django refuses to show an empty SECRET_KEY, which names no lever anyway.
    given = (getattr(settings, name) for name in dir(settings) if name.isupper() and name != "SECRET_KEY")
    named = frozenset(text for value in given for text in _texts(value))
    return {name: _of(name, lever, named, project) for name, lever in levers.items()}


def _of(name: str, lever: Lever, named: frozenset[str], project: Project | None) -> LeverStatus:
    tested = tuple(map(str, lever.tested))
    prefix = f"{_PACKAGE}.{name}"
    if name not in installations():
        try:
            _load(prefix, named)
        except Exception as error:  # so does the process that needs it
            why = (*problems(lever.tested),) or (f"{prefix} cannot be loaded: {error!r}.",)
            return LeverStatus(name=name, state=State.STOCK, tested=tested, reasons=why)
    installation = installations().get(name)
    if installation is not None:
        reasons = (*(reason.sentence for reason in installation.reasons), *installation.objections)
        parts = tuple(_part(one, project) for one in installation.parts.values())
        fast, stock = _sum([installation.tally.read(), *((one.fast, one.stock) for one in parts)])
        return LeverStatus(
            name=name,
            state=_whole(installation),
            tested=tested,
            reasons=reasons,
            parts=parts,
            fast=fast,
            stock=stock,
        )
    # The checks load the options, and others an app's modules: an app is used where it is named.
    is_app = find_spec(f"{prefix}.apps") is not None
    loaded = () if is_app else sys.modules.keys() - {lever.options.rpartition(".")[0]}
    if not (is_app and prefix in named) and not any(one.startswith(f"{prefix}.") for one in named.union(loaded)):
        return LeverStatus(name=name, state=State.UNUSED, tested=tested)
    reasons = tuple(problems(lever.tested))
    return LeverStatus(name=name, state=State.STOCK if reasons else State.ACTIVE, tested=tested, reasons=reasons)


def _load(prefix: str, named: frozenset[str]) -> None:
    """Let a lever that settings name, but that nothing in this process has needed yet, say what it would do."""
    modules = {one.rpartition(".")[0] for one in named if one.startswith(f"{prefix}.")}
    if not modules or find_spec(f"{prefix}.apps"):
        return
    if find_spec(f"{prefix}.install"):
        import_module(f"{prefix}.install").INSTALLATION.install()
    else:
        for one in sorted(modules):
            import_module(one)


def _whole(installation: Installation) -> State:
    if not installation.is_wanted:
        return State.UNUSED
    if installation.reasons:
        return State.STOCK
    active = [part.is_active for part in installation.parts.values()]
    return State.ACTIVE if all(active) else State.PARTLY if any(active) else State.STOCK


def _part(part: Part, project: Project | None) -> PartStatus:
    fast, stock = _sum([one.read() for one in part.tallies()])
    return PartStatus(
        name=part.name,
        state=State.ACTIVE if part.is_active else State.STOCK,
        reasons=(*(reason.sentence for reason in part.reasons), *part.objections),
        replacements=tuple(map(_replacement, part.replacements)),
        fast=fast,
        stock=stock,
        classes=_classes(part, project) if project else (),
    )


def _replacement(one: Replacement) -> ReplacementStatus:
    state = State.ACTIVE if one.is_active else State.STOCK
    fast, stock = one.tally.read()
    return ReplacementStatus(target=one.target, state=state, patched_by=one.patched_by, fast=fast, stock=stock)


def _sum(counts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(fast for fast, _stock in counts), sum(stock for _fast, stock in counts)


def _classes(part: Part, project: Project) -> tuple[ClassesStatus, ...]:
    """Those with the same reason together, the most frequent one first."""
    numbers: Counter[tuple[str, str]] = Counter()
    names: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    try:
        for one in part.judgements(project):
            numbers[one.kind, one.what] += 1
            if one.reason is not None:
                names[one.kind, one.what, one.reason].append(one.name)
    except Exception as error:  # a class of the project may do anything when it is looked at
        project.problems.append(f"What {part.name} does with the classes of this project is not known: {error!r}.")
    sides: defaultdict[tuple[str, str, tuple[str, ...], int], list[str]] = defaultdict(list)
    for (kind, what, reason), those in names.items():
        sides[kind, reason, tuple(those), numbers[kind, what]].append(what)
    found = (
        ClassesStatus(kind=kind, what=", ".join(filter(None, whats)), reason=reason, names=those, of=number)
        for (kind, reason, those, number), whats in sides.items()
    )
    return tuple(sorted(found, key=lambda one: -len(one.names)))


def _texts(value: object) -> Iterator[str]:
    """The texts in a setting, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            yield from _texts(inner)
