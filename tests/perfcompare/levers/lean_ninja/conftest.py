from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from perfcompare.levers.lean_ninja.install import INSTALLATION
from tests.perfcompare.levers.installed import installed


@contextmanager
def lean() -> Iterator[None]:
    with installed(INSTALLATION):
        yield


@pytest.fixture
def both() -> Callable[[Callable[[], Any]], tuple[Any, Any]]:
    """Calls a function with Ninja's own code and with the lever's: what each gave, or the error it raised."""

    def ask(function: Callable[[], Any]) -> tuple[Any, Any]:
        stock = outcome(function)
        with lean():
            return stock, outcome(function)

    return ask


def outcome(function: Callable[[], Any]) -> Any:
    try:
        return function()
    except Exception as error:
        # Addresses of objects differ from call to call.
        return type(error), re.sub(r" at 0x[0-9a-f]+", "", str(error))
