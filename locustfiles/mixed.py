"""The journey of an API client, with time to think: how many of my users does this server carry?

    locust -f locustfiles/mixed.py --host http://127.0.0.1:8000 --stack drf --users 100 --spawn-rate 10

Tags choose among its tasks: `--tags read`, `--exclude-tags write`, or the name of a scenario.
"""

from __future__ import annotations

from locustfiles import _recording  # noqa: F401  # it listens
from locustfiles._journey import COMMON, JourneyUser
from locustfiles._offer import offer

offer("stack", *COMMON, "window")


class MixedUser(JourneyUser):
    """One client."""
