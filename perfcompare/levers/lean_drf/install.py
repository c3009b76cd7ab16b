"""The parts of the lever, each of which takes the place of one thing in DRF or adrf."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers._versions import ADRF, ADRF_VIEWS
from perfcompare.levers.lean_drf import LEVER

INSTALLATION: Final = Installation(
    "lean_drf",
    Part("negotiation"),
    Part("initial"),
    Part("headers"),
    Part("proxies"),
    Part("responses"),
    Part("header_cache"),
    Part("response_release"),
    Part("users"),
    Part("asynchronous", tested=(ADRF_VIEWS,)),
    Part("view_kind", tested=(ADRF_VIEWS,)),
    Part("generic_views", tested=(ADRF,)),
    tested=LEVER.tested,
)
