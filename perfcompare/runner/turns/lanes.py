"""The servers of a round: all alive at the same time, each started once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from perfcompare.core import collector
from perfcompare.core.errors import PerfcompareError
from perfcompare.runner import cpu, orphans, pinning, proof
from perfcompare.runner.collector import Collections, read
from perfcompare.runner.processes import ServerProcess, start_all
from perfcompare.runner.trial import Trial, Who, new_folder

_TOLD = "collections"
"""The folder beside a server's log in which its processes report their garbage collections."""


@dataclass(kw_only=True)
class Lane:
    """One server, which lives for one round."""

    process: ServerProcess
    clock: cpu.TreeClock
    collected: Collections = field(default_factory=Collections)
    """The work of its garbage collectors at the last reading."""
    configuration: Mapping[str, Any] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()

    @property
    def collections(self) -> Collections:
        """The work of its garbage collectors so far."""
        return read(self.process.log.parent / _TOLD)


Lanes = dict[Who, Lane | PerfcompareError]
"""The error that prevented or ended a server."""


def start(trials: Iterable[Trial], context: ExitStack) -> Lanes:
    """A server for each stack and server of the trials, which lives in `context`.

    They start at the same time, on all processors, and are pinned when they are ready.
    """
    first: dict[Who, Trial] = {}
    for trial in trials:
        first.setdefault(trial.who, trial)
    servers = start_all({who: partial(_server, trial) for who, trial in first.items()}, context)
    alive = [server for server in servers.values() if not isinstance(server, PerfcompareError)]
    strangers = tuple(orphans.others(*(server.pid for server in alive)))
    return {
        who: server if isinstance(server, PerfcompareError) else _lane(server, first[who], strangers)
        for who, server in servers.items()
    }


def _server(trial: Trial) -> ServerProcess:
    cell, placement = trial.planned.cell, trial.surroundings.placement
    folder = new_folder(trial.conditions.folder / f"{trial.planned.round:02}-{cell.stack}-{cell.server}")
    told = folder / _TOLD
    told.mkdir()
    return ServerProcess(
        trial.program({collector.VARIABLE: str(told)}),
        log=folder / "server.log",
        cpus=placement.server | placement.rest if placement.server and placement.rest else None,
    )


def _lane(server: ServerProcess, trial: Trial, strangers: tuple[str, ...]) -> Lane:
    pinning.pin(server.pid, trial.surroundings.placement.server)
    lane = Lane(
        process=server,
        clock=cpu.TreeClock(server.pid),
        configuration=proof.look(server.host, server.port, server.pid, server.health),
        strangers=strangers,
    )
    lane.collected = lane.collections  # collections of the start are not part of an answer
    return lane
