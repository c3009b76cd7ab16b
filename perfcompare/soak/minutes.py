"""The minutes of a soak: traffic all the time, a fault in the middle, and a look at the server at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice

from perfcompare.registries import scenarios
from perfcompare.runner.holding import Holding, holding
from perfcompare.soak.faults import FAULTS, Fault
from perfcompare.soak.ground import Ground
from perfcompare.soak.traffic import Seen, Traffic


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long the parts of a minute are, in seconds, and how many clients there are."""

    quiet_s: float = 20.0
    """Before the fault, and again after the time to recover."""
    fault_s: float = 10.0
    recovery_s: float = 10.0
    clients: int = 8


@dataclass(frozen=True, kw_only=True)
class Minute:
    """What came of one minute."""

    fault: str
    writing: bool
    seen: Seen
    lost: int
    """Users that were said to be created and are not in the database."""
    holding: Holding
    """Of the server, at the end."""
    database_connections: int


def minutes(grounds: Sequence[Ground], *, count: int, pace: Pace, seed: int) -> Iterator[Sequence[Minute]]:
    """Each minute of all grounds when it is over; the same fault strikes all of them at the same moment.

    What writes has minutes of its own: its rows would be in the answers of others.
    """
    for number, (name, fault) in enumerate(islice(cycle(FAULTS.items()), count)):
        # Every fault meets both kinds of traffic.
        writing = (number + number // len(FAULTS)) % 2 == 1
        with ExitStack() as loaded:
            traffics = [
                loaded.enter_context(_traffic(ground, writing, pace.clients, seed + number)) for ground in grounds
            ]
            _troubled(grounds, traffics, fault, pace)
        yield [
            Minute(
                fault=name,
                writing=writing,
                seen=traffic.seen,
                lost=_lost(ground, traffic.seen),
                holding=holding(ground.server.pid),
                database_connections=ground.database_connections(),
            )
            for ground, traffic in zip(grounds, traffics, strict=True)
        ]
        if writing:
            for ground in grounds:
                ground.target.restore()


def _traffic(ground: Ground, writing: bool, clients: int, seed: int) -> Traffic:
    chosen = [one for one in scenarios if ground.target.endpoint(one).writes is writing]
    return Traffic(ground.target, ground.server, chosen, clients=clients, seed=seed)


def _troubled(grounds: Sequence[Ground], traffics: Sequence[Traffic], fault: Fault, pace: Pace) -> None:
    time.sleep(pace.quiet_s)
    _excuse(traffics, True)
    with ExitStack() as struck:
        for ground in grounds:
            struck.enter_context(fault(ground))
        time.sleep(pace.fault_s)
    time.sleep(pace.recovery_s)
    _excuse(traffics, False)
    time.sleep(pace.quiet_s)


def _excuse(traffics: Sequence[Traffic], excused: bool) -> None:
    for traffic in traffics:
        traffic.excused = excused


def _lost(ground: Ground, seen: Seen) -> int:
    ((found,),) = ground.sql("SELECT count(*) FROM users_user WHERE email = ANY(%s)", seen.created)
    return len(set(seen.created)) - int(str(found))
