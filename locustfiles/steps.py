"""More users, step by step: from how many on do answers get slow?

locust -f locustfiles/steps.py --host http://127.0.0.1:8000 --stack drf --step-users 10 --steps 10 --think 0
"""

from __future__ import annotations

from typing import Any

from locustfiles import _options, _recording  # noqa: F401  # it listens
from locustfiles._events import on
from locustfiles._journey import COMMON, JourneyUser
from locustfiles._offer import offer
from locustfiles._shapes import Shape

offer("stack", *COMMON)


@on("init_command_line_parser")
def _add_options(parser: Any) -> None:
    count, seconds = _options.whole(least=1, most=100_000), _options.number(least=1)
    parser.add_argument("--step-users", type=count, default=10, help="Users that each step adds. Default: 10")
    parser.add_argument("--step-seconds", type=seconds, default=30.0, help="How long a step lasts. Default: 30")
    parser.add_argument("--steps", type=count, default=5, help="How many steps there are. Default: 5")


class StepsUser(JourneyUser):
    """One client."""


class Steps(Shape):
    """A staircase."""

    def duration(self) -> float:
        """All steps."""
        return float(self.asked.steps * self.asked.step_seconds)

    def users(self, elapsed_s: float) -> float:
        """One step's users more with each step."""
        return float(self.asked.step_users * (1 + elapsed_s // self.asked.step_seconds))
