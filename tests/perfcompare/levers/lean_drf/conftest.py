from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from perfcompare.levers.lean_drf.install import INSTALLATION
from tests.perfcompare.levers.installed import installed


@contextlib.contextmanager
def lean() -> Iterator[None]:
    """The lever, for the time of a `with`."""
    with installed(INSTALLATION):
        yield


@pytest.fixture
def lever() -> Iterator[None]:
    with lean():
        yield
