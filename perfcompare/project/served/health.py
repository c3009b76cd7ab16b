"""The path at which a served project says that it is there. No project has it."""

from __future__ import annotations

import json
from typing import Final

from perfcompare.core import env, process

PATH: Final = "/.perfcompare/health"


def answer() -> bytes:
    """The nonce of the process's starter, and facts about the process, as JSON."""
    from django.conf import settings

    said = {"nonce": env.text("PERFCOMPARE_NONCE", "none"), "process": process.facts(debug=settings.DEBUG)}
    return json.dumps(said).encode()
