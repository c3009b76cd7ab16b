from __future__ import annotations

import importlib
import sys

import pytest
from django.test import override_settings

CHECKS = "perfcompare.levers.insert_first.checks"


@override_settings(INSERT_FIRST=["users.serializers.Nothing"])
def test_django_starts_without_drf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rest_framework.serializers", None)
    monkeypatch.delitem(sys.modules, CHECKS, raising=False)

    [error] = importlib.import_module(CHECKS).check_names()

    assert "users.serializers.Nothing" in error.msg
