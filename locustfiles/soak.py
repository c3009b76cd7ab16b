"""The same load for hours: does memory grow, do answers get slower, does anything leak?

    locust -f locustfiles/soak.py --host http://127.0.0.1:8000 --stack drf --soak-users 50 --soak-minutes 240

Every sample is kept in memory, 36 bytes each: 100 requests a second for four hours make 52 MB.
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
    count, minutes = _options.whole(least=1, most=100_000), _options.number(least=0)
    parser.add_argument("--soak-users", type=count, default=20, help="How many users there are. Default: 20")
    parser.add_argument("--soak-minutes", type=minutes, default=60.0, help="How long they stay. Default: 60")
    parser.add_argument("--soak-ramp", type=minutes, default=1.0, help="Minutes until all are there. Default: 1")


class SoakUser(JourneyUser):
    """One client."""


class Soak(Shape):
    """A ramp and a plateau."""

    def duration(self) -> float:
        """Both."""
        return float((self.asked.soak_ramp + self.asked.soak_minutes) * 60)

    def users(self, elapsed_s: float) -> float:
        """Evenly more during the ramp, then all."""
        ramp_s = self.asked.soak_ramp * 60
        share = 1.0 if elapsed_s >= ramp_s else elapsed_s / ramp_s
        return float(self.asked.soak_users * share)
