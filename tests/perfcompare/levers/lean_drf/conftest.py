from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from perfcompare.levers.lean_drf import install


@contextlib.contextmanager
def lean() -> Iterator[None]:
    """The lever, for the time of a `with`."""
    install.install()
    try:
        yield
    finally:
        install.uninstall()


@pytest.fixture
def lever() -> Iterator[None]:
    with lean():
        yield
