"""A sudden crowd on top of everyday load: does the server come back, and how soon?

locust -f locustfiles/spike.py --host http://127.0.0.1:8000 --stack drf --base-users 10 --spike-users 200
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
    parser.add_argument("--base-users", type=count, default=10, help="Users before and after. Default: 10")
    parser.add_argument("--spike-users", type=count, default=100, help="Users during the spike. Default: 100")
    parser.add_argument("--before", type=seconds, default=30.0, help="Seconds before the spike. Default: 30")
    parser.add_argument("--spike-seconds", type=seconds, default=30.0, help="How long it lasts. Default: 30")
    parser.add_argument("--after", type=seconds, default=60.0, help="Seconds after it, to recover. Default: 60")


class SpikeUser(JourneyUser):
    """One client."""


class Spike(Shape):
    """Flat, a peak, flat."""

    def duration(self) -> float:
        """Before, during and after."""
        return float(self.asked.before + self.asked.spike_seconds + self.asked.after)

    def users(self, elapsed_s: float) -> float:
        """The crowd during the spike, the everyday users otherwise."""
        during = 0 <= elapsed_s - self.asked.before < self.asked.spike_seconds
        return float(self.asked.spike_users if during else self.asked.base_users)
