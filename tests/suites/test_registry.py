from __future__ import annotations

import re

from tests.suites.exceptions import EXCEPTIONS
from tests.suites.registry import suites
from tests.suites.running import levers


def test_every_suite_is_pinned() -> None:
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", suite.package) for suite in suites.values())


def test_what_is_named_exists() -> None:
    assert EXCEPTIONS.keys() <= suites.keys()
    for suite in suites.values():
        assert set(suite.expects) <= {*levers(suite), *(("lean_asgi", "lean_wsgi") if suite.handlers else ())}
