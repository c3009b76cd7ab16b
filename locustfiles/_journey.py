"""What a client of the API does all day: every scenario as a task, as often as its contract weighs it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any, Final

from locust import TaskSet, tag

from locustfiles import _options, _session
from locustfiles._events import on
from locustfiles._mix import weighed
from locustfiles._user import ContractUser
from perfcompare.registries import scenarios

Task = Callable[[Any], None]
COMMON: Final = ("scenarios", "prefix", "check", "dataset", "inputs", "think", "run")
"""The options of every journey, for `_offer.offer`."""


def _task(name: str) -> Task:
    """The task of one scenario, tagged for `locust --tags`."""

    def ask(journey: Journey) -> None:
        journey.user.ask(name)

    ask.__name__ = ask.__qualname__ = name
    tagged: Task = tag(*_options.tags(name))(ask)
    return tagged


TASKS: Final = {name: _task(name) for name in scenarios}


def _shown(names: Iterable[str]) -> list[Any]:
    """The tasks as Locust's page shows them."""
    return [TASKS[name] for name in weighed(names)]


class Journey(TaskSet):
    """Asks, thinks, asks something else."""

    tasks = _shown(scenarios)
    user: JourneyUser

    def get_next_task(self) -> Task:
        """The task of the scenario whose turn it is, where Locust would throw dice."""
        return TASKS[self.user.session.next_scenario(self.user.target)]


class JourneyUser(ContractUser):
    """One client on its journey."""

    abstract = True
    tasks = [Journey]

    def wait_time(self) -> float:
        """Seconds to think: half to one and a half of what was asked for."""
        think_s = self.session.options.think_s
        return random.uniform(think_s / 2, think_s * 1.5)


@on("test_start")
def _show(**_more: Any) -> None:
    """Let Locust's page show the scenarios that were asked for."""
    if session := _session.found():
        Journey.tasks = _shown(session.options.scenarios)
