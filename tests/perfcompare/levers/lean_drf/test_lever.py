from __future__ import annotations

from typing import Any

import pytest
from django.apps import AppConfig
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.serializers import Serializer

from perfcompare.levers import compiled_serializers, lean_drf
from perfcompare.levers.compiled_serializers.install import INSTALLATION as SERIALIZERS
from perfcompare.levers.lean_drf.install import INSTALLATION as LEAN
from tests.perfcompare.levers.fresh import printed

LEVERS: list[Any] = [compiled_serializers, lean_drf]


@pytest.mark.parametrize("lever", LEVERS)
def test_the_setting_adds_the_app_and_changes_nothing_in_place(lever: Any) -> None:
    apps = ["rest_framework"]
    namespace: dict[str, Any] = {"INSTALLED_APPS": apps}
    lever.LEVER.settings(namespace)
    assert namespace["INSTALLED_APPS"] == ["rest_framework", lever.APP]
    assert apps == ["rest_framework"]


@pytest.mark.parametrize("name", ["orjson_rendering", "compiled_serializers", "lean_drf"])
def test_reading_the_lever_imports_no_framework(name: str) -> None:
    code = (
        f"import sys, perfcompare.levers.{name}; print(*{{'django', 'rest_framework', 'orjson'}} & sys.modules.keys())"
    )
    assert printed(code) == "\n"


def test_the_apps_install_what_uninstall_takes_away() -> None:
    before = Serializer.to_representation, vars(Serializer)["fields"], DefaultContentNegotiation.select_renderer
    try:
        for lever in LEVERS:
            AppConfig.create(lever.APP).ready()
        assert Serializer.to_representation is not before[0]
        assert DefaultContentNegotiation.select_renderer is not before[2]
    finally:
        SERIALIZERS.uninstall()
        LEAN.uninstall()
    assert before == (
        Serializer.to_representation,
        vars(Serializer)["fields"],
        DefaultContentNegotiation.select_renderer,
    )
