"""Embedded services that stay up between the commands of a test: each command alone would start and stop them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from perfcompare.services.lease import Lease


@contextmanager
def held(state: Path) -> Iterator[None]:
    """Those of a state folder, as soon as the first command has asked for them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERFCOMPARE_STATE", str(state))
        lease = Lease()
    with lease:
        yield
