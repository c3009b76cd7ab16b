"""What can be tried in this project: each documented setting, server and lever, or why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from perfcompare.core.errors import PerfcompareError, UsageError
from perfcompare.core.interface import Interface
from perfcompare.core.packages import installed
from perfcompare.core.setting import Change
from perfcompare.levers._registry import levers
from perfcompare.plugins import servers
from perfcompare.project.changes import settings
from perfcompare.project.project import Project
from perfcompare.project.target import AS_IS, ITS_TWIN, ProjectTarget, Variant, application
from perfcompare.project.trying import facts
from perfcompare.project.trying.facts import Facts
from perfcompare.project.trying.results import Kind, Refused, Tried

_ALL_LEVERS = "all levers"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What is tried, and what cannot be."""

    tried: tuple[Tried, ...]
    refused: tuple[Refused, ...]
    counted: frozenset[str] = frozenset()
    """The levers among them that do nothing beside what they count."""


def as_is(server: str) -> Tried:
    """The project as it is."""
    label = f"as it is, on {servers[server].label}"
    return Tried(name=AS_IS, kind=Kind.AS_IS, label=label, server=server)


def variant(tried: Tried) -> Variant:
    """The same for a target."""
    return Variant(name=tried.name, server=tried.server, changes=tried.changes)


def target(project: Project, tried: Sequence[Tried]) -> ProjectTarget:
    """A target with these variants."""
    found = {one.name: variant(one) for one in tried}
    return ProjectTarget(project=project, variants=found)


def offer(
    project: Project, own: Tried, others: Sequence[str], folder: Path, *, only: Sequence[str] = ()
) -> tuple[Offer, Facts]:
    """Everything that applies to this project, whose own server and other ones are given. `only` names changes.

    Raises StartProblem when the project as it is does not start.
    """
    changes = [_changed(Kind.SETTING, name, one, own.server) for name, one in settings.items()]
    changes += [_changed(Kind.LEVER, name, one, own.server) for name, one in levers.items()]
    changes += [_served(project, name) for name in others if name != own.server]
    if unknown := sorted({*only} - {one.name for one in changes}):
        raise UsageError(f"There is no change {unknown[0]!r}. Known: {', '.join(one.name for one in changes)}.")
    chosen = [one for one in changes if not only or one.name in only]
    # One that cannot be imported would keep others from being installed.
    able = (one.name for one in chosen if one.kind is Kind.LEVER and not _lacking(levers[one.name].packages))
    every = replace(own, name=_ALL_LEVERS, changes=tuple(able))
    asked = [own, every, *(one for one in chosen if one.kind is Kind.SETTING)]
    found = facts.of_variants(target(project, asked), [one.name for one in asked], folder)
    plain, together = found[AS_IS], found[_ALL_LEVERS]
    if isinstance(plain, PerfcompareError):
        raise plain
    reasons = {one.name: _reason(one, plain, together, found.get(one.name)) for one in chosen}
    return Offer(
        tried=tuple(one for one in chosen if not reasons[one.name]),
        refused=tuple(_inapplicable(one, reasons[one.name]) for one in chosen if reasons[one.name]),
        counted=frozenset(one.name for one in chosen if _is_counted(one, together)),
    ), plain


def _changed(kind: Kind, name: str, change: Change, server: str) -> Tried:
    return Tried(
        name=name,
        kind=kind,
        label=change.label,
        server=server,
        changes=(name,),
        does=change.changes,
        costs=change.costs,
        source=change.source,
        lines=change.lines,
    )


def _served(project: Project, name: str) -> Tried:
    server = servers[name]
    loaded = application(project, Variant(name=name, server=name))
    if loaded.endswith("()"):  # Django's own, where the settings name none; startproject writes this module
        loaded = f"{project.settings.partition('.')[0]}.{server.interface}:application"
    return Tried(
        name=name,
        kind=Kind.SERVER,
        label=server.label,
        server=name,
        does=f"{server.label} serves the {server.interface.upper()} application.",
        costs=" ".join(server.limits),
        lines=(server.line(loaded),),
    )


def _inapplicable(one: Tried, reason: str) -> Refused:
    return Refused(name=one.name, kind=one.kind, label=one.label, applies=False, reason=reason)


def _reason(one: Tried, plain: Facts, together: Facts | PerfcompareError, own: Facts | PerfcompareError | None) -> str:
    """Why it cannot be tried; empty when it can."""
    return next(_reasons(one, plain, together, own), "")


def _reasons(
    one: Tried, plain: Facts, together: Facts | PerfcompareError, own: Facts | PerfcompareError | None
) -> Iterator[str]:
    if one.kind is Kind.SERVER and (lacking := _lacking(servers[one.name].packages)):
        yield f"{lacking} not installed."
    if one.name in plain.same:
        yield "The project has it already, or it changes nothing here."
    if isinstance(own, PerfcompareError):
        yield str(own)
    if one.kind is Kind.SETTING and (only := settings[one.name].interface):
        yield from _for_others([only], one)
    if one.kind is Kind.LEVER:
        yield from _of_lever(one, plain, together)


def _of_lever(one: Tried, plain: Facts, together: Facts | PerfcompareError) -> Iterator[str]:
    lever = levers[one.name]
    if lacking := _lacking(lever.packages):
        yield f"{lacking} not installed."
    if lever.targets:
        yield from _for_others(lever.targets, one)
    if isinstance(together, PerfcompareError):
        return  # the start of each alone says more
    if plain.lever(one.name)[0] in {"active", "partly active"}:
        yield "The project has it already."
    state, reasons = together.lever(one.name)
    if state not in {"active", "partly active"}:
        yield " ".join(reasons) or "It has nothing to do in this project."


def _for_others(interfaces: Collection[Interface], one: Tried) -> Iterator[str]:
    served = servers[one.server].interface
    if served not in interfaces:
        yield f"It is for {' and '.join(interfaces).upper()}, and this project is served by {served.upper()}."


def _is_counted(one: Tried, together: Facts | PerfcompareError) -> bool:
    if one.kind is not Kind.LEVER or levers[one.name].targets or isinstance(together, PerfcompareError):
        return False
    return together.counted(one.name)


def _lacking(packages: Sequence[str]) -> str:
    missing = [name for name in packages if not installed(name)]
    return f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'}" if missing else ""


def twin(own: Tried) -> Tried:
    """The project as it is once more: what differs between the two is noise, or the project's own."""
    return replace(own, name=ITS_TWIN, label="as it is, a second time")
