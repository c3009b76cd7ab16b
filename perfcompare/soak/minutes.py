"""The minutes of a soak: traffic all the time, a fault in the middle, and a look at the server at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
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


def minutes(ground: Ground, *, count: int, pace: Pace, seed: int) -> Iterator[Minute]:
    """Each minute when it is over. What writes has minutes of its own: its rows would be in the answers of others."""
    for number, (name, fault) in enumerate(islice(cycle(FAULTS.items()), count)):
        # Every fault meets both kinds of traffic.
        writing = (number + number // len(FAULTS)) % 2 == 1
        chosen = [one for one in scenarios if ground.target.endpoint(one).writes is writing]
        with Traffic(ground.target, ground.server, chosen, clients=pace.clients, seed=seed + number) as traffic:
            _troubled(ground, traffic, fault, pace)
        yield Minute(
            fault=name,
            writing=writing,
            seen=traffic.seen,
            lost=_lost(ground, traffic.seen),
            holding=holding(ground.server.pid),
            database_connections=ground.database_connections(),
        )
        if writing:
            ground.target.restore()


def _troubled(ground: Ground, traffic: Traffic, fault: Fault, pace: Pace) -> None:
    time.sleep(pace.quiet_s)
    traffic.excused = True
    with fault(ground):
        time.sleep(pace.fault_s)
    time.sleep(pace.recovery_s)
    traffic.excused = False
    time.sleep(pace.quiet_s)


def _lost(ground: Ground, seen: Seen) -> int:
    ((found,),) = ground.sql("SELECT count(*) FROM users_user WHERE email = ANY(%s)", seen.created)
    return len(set(seen.created)) - int(str(found))
