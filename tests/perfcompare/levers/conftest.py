from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the asynchronous tests, marked with `pytest.mark.anyio`."""
    return "asyncio"
