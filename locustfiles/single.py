"""Any one scenario, as fast as its users can: how much does this endpoint take, and how long does it take?

locust -f locustfiles/single.py --host http://127.0.0.1:8000 --stack drf --scenario user_list --users 16
"""

from __future__ import annotations

from locust import constant, task

from locustfiles import _recording  # noqa: F401  # it listens
from locustfiles._offer import offer
from locustfiles._user import ContractUser

offer("stack", "scenario", "prefix", "check", "dataset", "inputs", "run", "window")


class SingleUser(ContractUser):
    """Asks again as soon as it is answered."""

    wait_time = constant(0)

    @task
    def request(self) -> None:
        """The scenario's next request."""
        self.ask(self.session.options.scenarios[0])
