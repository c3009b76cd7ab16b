"""The stock outcomes of a suite, kept: they depend on its declaration and on versions, not on the levers."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from pathlib import Path
from typing import Final

from perfcompare.core import env
from tests.suites import running
from tests.suites.fetching import cache
from tests.suites.running import Run
from tests.suites.suite import Suite

_FOR_LEVERS: Final = ("handling.py", "installing.py")
"""What a stock run does not use of `inside`."""


def stock(name: str, suite: Suite, database_url: str) -> Run:
    """The stock run; made once for each declaration of the suite."""
    pins = (env.ROOT / "requirements.txt").read_text()
    files = sorted((Path(__file__).parent / "inside").glob("*.py"))
    inside = [file.read_text() for file in files if file.name not in _FOR_LEVERS]
    digest = hashlib.sha256(repr((suite, pins, inside, sys.version)).encode()).hexdigest()[:10]
    file = cache() / "stock" / f"{name}-{digest}.json"
    if not file.exists():
        made = running.run(name, suite, (), database_url)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dataclasses.asdict(made)))
    return Run(**json.loads(file.read_text()))
