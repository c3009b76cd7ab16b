"""The throttling of the published comparison: 1000 requests an hour for each user."""

from __future__ import annotations

from typing import Final

from perfcompare.core.practice import Practice
from perfcompare.core.stack import Stack

RATE: Final = "1000/hour"
_FRAMEWORKS: Final = frozenset({"Django", "fastapi"})


def _fits(stack: Stack) -> bool:
    """Whether it is a stack of a framework. The bare limit throttles nobody."""
    return not _FRAMEWORKS.isdisjoint(stack.packages)


PRACTICE = Practice(
    label=f"throttling, {RATE}",
    changes=f"Each user may send {RATE.partition('/')[0]} requests an hour. The stack counts them in Redis.",
    costs="Requests to Redis before each view. DRF reads and writes a list with the time of each request of the last "
    "hour, so a user who has sent many pays more than one who begins.",
    source="https://www.django-rest-framework.org/api-guide/throttling/",
    lines=(
        'REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] = ["rest_framework.throttling.UserRateThrottle"]',
        f'REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {{"user": "{RATE}"}}',
    ),
    # The one scenario whose requests come from many users. All others come from one address, which may send 1000.
    scenarios=frozenset({"protected"}),
    fits=_fits,
    environ={"THROTTLE_RATE": RATE},
)
