"""What each lever is doing in this process, as data."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.conf import settings

from perfcompare.core.lever import Lever
from perfcompare.core.versions import problems
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


@dataclass(frozen=True, kw_only=True)
class PartStatus:
    """One part of a lever."""

    name: str
    state: State
    reasons: tuple[str, ...]
    """Why it is inactive or, of an active part, what it leaves to stock at this moment and why: sentences."""
    replacements: tuple[ReplacementStatus, ...]


@dataclass(frozen=True, kw_only=True)
class LeverStatus:
    """One lever; without parts when it replaces nothing, but is named in settings or called by the project."""

    name: str
    state: State
    tested: tuple[str, ...] = ()
    """With which versions: "Django 5.2 to 6.1"."""
    reasons: tuple[str, ...] = ()
    """Why all of it is inactive: sentences."""
    parts: tuple[PartStatus, ...] = ()


def status() -> dict[str, LeverStatus]:
    """All levers by their names."""
    # Django refuses to show an empty SECRET_KEY, which names no lever anyway.
    given = (getattr(settings, name) for name in dir(settings) if name.isupper() and name != "SECRET_KEY")
    named = frozenset(text for value in given for text in _texts(value))
    return {name: _of(name, lever, named) for name, lever in levers.items()}


def _of(name: str, lever: Lever, named: frozenset[str]) -> LeverStatus:
    tested = tuple(map(str, lever.tested))
    installation = installations().get(name)
    if installation is not None:
        reasons = tuple(reason.sentence for reason in installation.reasons)
        parts = tuple(map(_part, installation.parts.values()))
        return LeverStatus(name=name, state=_whole(installation), tested=tested, reasons=reasons, parts=parts)
    prefix = f"{_PACKAGE}.{name}"
    if prefix not in named and not any(one.startswith(f"{prefix}.") for one in (*named, *sys.modules)):
        return LeverStatus(name=name, state=State.UNUSED, tested=tested)
    reasons = tuple(problems(lever.tested))
    return LeverStatus(name=name, state=State.STOCK if reasons else State.ACTIVE, tested=tested, reasons=reasons)


def _whole(installation: Installation) -> State:
    if not installation.is_wanted:
        return State.UNUSED
    if installation.reasons:
        return State.STOCK
    active = [part.is_active for part in installation.parts.values()]
    return State.ACTIVE if all(active) else State.PARTLY if any(active) else State.STOCK


def _part(part: Part) -> PartStatus:
    return PartStatus(
        name=part.name,
        state=State.ACTIVE if part.is_active else State.STOCK,
        reasons=(*(reason.sentence for reason in part.reasons), *part.objections),
        replacements=tuple(map(_replacement, part.replacements)),
    )


def _replacement(one: Replacement) -> ReplacementStatus:
    state = State.ACTIVE if one.is_active else State.STOCK
    return ReplacementStatus(target=one.target, state=state, patched_by=one.patched_by)


def _texts(value: Any) -> Iterator[str]:
    """The texts in a setting, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            yield from _texts(inner)
