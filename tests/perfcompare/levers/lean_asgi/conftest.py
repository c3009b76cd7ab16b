from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from perfcompare.levers.lean_asgi.handler import LeanASGIHandler
from tests.perfcompare.levers import views


@pytest.fixture
def app() -> Iterator[LeanASGIHandler]:
    """The handler for the small project of these tests, without middleware."""
    views.events.clear()
    with override_settings(ROOT_URLCONF="tests.perfcompare.levers.views", MIDDLEWARE=[]):
        yield LeanASGIHandler()
