"""What a client of the API does all day: every scenario as a task, as often as its contract weighs it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from locust import tag

from locustfiles import _session
from locustfiles._events import on
from locustfiles._user import ContractUser
from perfcompare.registries import scenarios

Task = Callable[[Any], None]
COMMON: Final = ("scenarios", "prefix", "check", "dataset", "inputs", "think", "run")
"""The options of every journey, for `_offer.offer`."""


def _task(name: str) -> Task:
    """The task of one scenario, tagged with its name and with `read` or `write` (`locust --tags`)."""

    def ask(user: JourneyUser) -> None:
        user.ask(name)

    ask.__name__ = ask.__qualname__ = name
    tagged: Task = tag(name, "write" if scenarios[name].writes else "read")(ask)
    return tagged


class JourneyUser(ContractUser):
    """Asks, thinks, asks something else."""

    abstract = True
    tasks = [task for name in scenarios for task in [_task(name)] * scenarios[name].weight]

    def wait_time(self) -> float:
        """Seconds to think: half to one and a half of what was asked for."""
        think_s = self.session.options.think_s
        return random.uniform(think_s / 2, think_s * 1.5)


_tasks: dict[type[JourneyUser], Sequence[Any]] = {}
"""The tasks of each class that Locust's tags leave."""


@on("test_start")
def _choose(environment: Any, **_more: Any) -> None:
    """Leave the tasks whose scenarios were asked for."""
    session = _session.found()
    wanted = session.options.scenarios if session else ()
    for user in environment.user_classes:
        if issubclass(user, JourneyUser):
            all_tasks = _tasks.setdefault(user, list(user.tasks))
            user.tasks = [task for task in all_tasks if getattr(task, "__name__", "") in wanted]
