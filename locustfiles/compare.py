"""The same journey against several stacks at once, side by side in one table: which one answers sooner?

    locust -f locustfiles/compare.py --host http://127.0.0.1:8000 --stacks drf,ninja_async,fastapi --users 30

Each stack gets the same number of users. They share this machine while they are compared: it shows a difference live,
but a verdict needs `manage.py perfcompare run`, where each stack has the machine to itself.
"""

from __future__ import annotations

from locustfiles import _recording  # noqa: F401  # it listens
from locustfiles._journey import COMMON, JourneyUser
from locustfiles._offer import offer

offer("stacks", *COMMON, "window")


class CompareUser(JourneyUser):
    """One client of one of the stacks."""
