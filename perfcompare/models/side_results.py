"""Results beside the trials of a run: the anatomy of requests, and the serializers alone.

They are stored as JSON in `Run.options`, under ANATOMY and SERIALISING, so that every export contains them
(docs/export.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Final

from perfcompare.core.measurement import Cell
from perfcompare.models.run import Run
from perfcompare.models.storage import explained, storable

ANATOMY: Final = "anatomy"
SERIALISING: Final = "serialising"
ALIKE: Final = ("cpu_model", "cores", "python", "packages")
"""Environments must share these facts, or a time measured in one process says nothing about the other."""
Options = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """The cost of one layer."""

    name: str
    cpu_us: float


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of layers as both ways of measuring see them, in CPU microseconds per request."""

    name: str
    by_difference: float
    by_sampling: float


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """The requests of one cell, taken apart. Costs are CPU microseconds per request."""

    cell: Cell
    under_server: float
    """The cost of the server's process tree under load."""
    valid: int
    """The number of valid trials behind it. With 0, it comes from invalid trials."""
    floor: float | None
    """The cost of a bare callable that answers `simple` on the same server; None without a figure."""
    in_process: float
    """The cost of the application, called without a server."""
    layers: tuple[Part, ...]
    """By sampling, scaled to `in_process`, from the outside in."""
    by_difference: tuple[Part, ...]
    """The parts of `in_process`, from applications that do less."""
    groups: tuple[Group, ...]
    disagreement: float
    """The largest difference between the two ways in a group, as a share of `in_process`."""
    hops: float
    """Work handed to another thread, per request; so are the next two."""
    threads: float
    statements: float


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way of serializing."""

    name: str
    seconds: tuple[float, ...]
    """The mean of each process, in the order of the rounds."""


@dataclass(frozen=True, kw_only=True)
class Serialising:
    """The time in which this number of users becomes JSON, way by way."""

    users: int
    ways: tuple[Way, ...]


@explained()
def keep_anatomies(run: Run, found: Sequence[Anatomy]) -> None:
    """Store the anatomy of the run's cells. It replaces an earlier one."""
    _keep(run, ANATOMY, [asdict(one) for one in found])


@explained()
def keep_serialising(run: Run, found: Serialising) -> None:
    """Store the results of the serializers."""
    _keep(run, SERIALISING, asdict(found))


def _keep(run: Run, name: str, value: Any) -> None:
    run.options = {**run.options, name: storable(value)}
    run.save(update_fields=["options"])


def anatomies(options: Options) -> tuple[Anatomy, ...]:
    """The anatomies in the options of a run. Raises KeyError, TypeError or ValueError when their form is wrong."""
    return tuple(map(_anatomy, options.get(ANATOMY, ())))


def serialising(options: Options) -> Serialising | None:
    """The serializers in the options of a run, or None. Raises as `anatomies`."""
    given = options.get(SERIALISING)
    if given is None:
        return None
    ways = tuple(Way(name=str(way["name"]), seconds=_numbers(way["seconds"])) for way in given["ways"])
    return Serialising(users=int(_number(given["users"])), ways=ways)


def alike(run: Run) -> Mapping[str, Any]:
    """The filter for runs whose figures may stand beside those of `run`."""
    return {f"environment__facts__{name}": value for name, value in run.environment.facts.items() if name in ALIKE}


@explained()
def newest_serialising(run: Run) -> tuple[Run, Serialising] | None:
    """The newest results of serializers from the machine of `run`, and their run. Those of `run` itself come first."""
    others = Run.objects.filter(options__has_key=SERIALISING, **alike(run))
    holder = run if SERIALISING in run.options else others.first()
    found = serialising(holder.options) if holder else None
    return (holder, found) if holder and found else None


def _anatomy(given: Mapping[str, Any]) -> Anatomy:
    return Anatomy(
        cell=Cell(**given["cell"]),
        valid=int(_number(given["valid"])),
        floor=None if given["floor"] is None else _number(given["floor"]),
        layers=_parts(given["layers"]),
        by_difference=_parts(given["by_difference"]),
        groups=tuple(_group(group) for group in given["groups"]),
        **{
            name: _number(given[name])
            for name in ("under_server", "in_process", "disagreement", "hops", "threads", "statements")
        },
    )


def _parts(given: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(Part(name=str(part["name"]), cpu_us=_number(part["cpu_us"])) for part in given)


def _group(given: Mapping[str, Any]) -> Group:
    costs = {name: _number(given[name]) for name in ("by_difference", "by_sampling")}
    return Group(name=str(given["name"]), **costs)


def _numbers(given: Iterable[Any]) -> tuple[float, ...]:
    return tuple(map(_number, given))


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given):
        raise ValueError(f"{given!r} is not a number")
    return float(given)
