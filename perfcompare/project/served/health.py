"""The paths at which a served project says that it is there, and what its levers did. No project has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from perfcompare.core import env, process

PATH: Final = "/.perfcompare/health"
COUNTS: Final = "/.perfcompare/counts"


def answer() -> bytes:
    """The nonce of the process's starter, and facts about the process, as JSON."""
    from django.conf import settings

    said = {"nonce": env.text("PERFCOMPARE_NONCE", "none"), "process": process.facts(debug=settings.DEBUG)}
    return json.dumps(said).encode()


def counts() -> bytes:
    """How often each lever that counts went its own way, and how often it left a call to stock, as JSON."""
    from perfcompare.levers import status

    counting = {name: one for name, one in status().items() if one.parts or one.fast or one.stock}
    return json.dumps({name: (one.fast, one.stock) for name, one in counting.items()}).encode()


ANSWERS: Final[Mapping[str, Callable[[], bytes]]] = {PATH: answer, COUNTS: counts}
"""By path."""
