from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from perfcompare.levers.compiled_serializers.install import INSTALLATION
from tests.perfcompare.levers.installed import installed

Outcome = tuple[str, Any]


@contextlib.contextmanager
def compiled() -> Iterator[None]:
    """The lever, for the time of a `with`."""
    with installed(INSTALLATION):
        yield


def outcome(act: Callable[[], Any]) -> Outcome:
    """What `act` returns, with the order of keys; or the class and the message of what it raises."""
    try:
        return "value", repr(act())
    except Exception as error:
        return type(error).__name__, str(error)


def both(act: Callable[[], Any]) -> tuple[Outcome, Outcome]:
    """The outcome with the lever, and that of DRF alone."""
    stock = outcome(act)
    with compiled():
        return outcome(act), stock


@pytest.fixture
def lever() -> Iterator[None]:
    with compiled():
        yield
