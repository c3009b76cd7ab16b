from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps
from rest_framework import serializers
from rest_framework.validators import UniqueForDateValidator, UniqueTogetherValidator

from perfcompare.levers.compiled_writes import validators
from perfcompare.levers.compiled_writes.install import INSTALLATION
from users.models import User


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    validators._without_dates.clear()
    INSTALLATION.install("validators")
    yield
    INSTALLATION.uninstall("validators")
    validators._without_dates.clear()


def _of(model: Any, **methods: Any) -> Any:
    meta = type("Meta", (), {"model": model, "fields": "__all__", **methods.pop("meta", {})})
    return type("Made", (serializers.ModelSerializer,), {"Meta": meta, **methods})()


class _UserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("name", "email")


def test_a_model_without_sets_gives_none_without_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validators.GET, "inner", lambda _self: pytest.fail("DRF looked"))
    first, second = _UserSerializer().get_validators(), _UserSerializer().get_validators()

    assert first == second == []
    assert first is not second


def test_drf_finds_none_there_either() -> None:
    assert validators.GET.inner(_UserSerializer()) == []


@isolate_apps("users")
def test_sets_of_a_model_are_found() -> None:
    class Together(models.Model):
        a = models.IntegerField()
        b = models.IntegerField()

        class Meta:
            app_label = "users"
            unique_together = [("a", "b")]

    class Constrained(models.Model):
        a = models.IntegerField()
        b = models.IntegerField()

        class Meta:
            app_label = "users"
            constraints = [models.UniqueConstraint(fields=["a", "b"], name="a_b")]

    class Child(Together):
        class Meta:
            app_label = "users"

    class Dated(models.Model):
        a = models.IntegerField(unique_for_month="day")
        day = models.DateField()

        class Meta:
            app_label = "users"

    kinds = [[type(one) for one in _of(model).validators] for model in (Together, Constrained, Child)]
    assert kinds == [[UniqueTogetherValidator]] * 3
    assert len(_of(Dated).validators) == len(validators.GET.inner(_of(Dated))) == 1
    assert not isinstance(_of(Dated).validators[0], UniqueForDateValidator)


def test_declared_validators_count() -> None:
    def refuse(_value: Any) -> None:
        return

    assert _of(User, meta={"validators": [refuse]}).validators == [refuse]
    assert _of(User, meta={"validators": []}).validators == []


def test_a_serializer_that_looks_its_own_way_is_asked() -> None:
    assert _of(User, get_unique_together_validators=lambda _self: ["own"]).validators == ["own"]
    assert _of(User, get_validators=lambda _self: ["all"]).validators == ["all"]


def test_a_serializer_without_a_model_is_drfs_error() -> None:
    made = type("Made", (serializers.ModelSerializer,), {})()

    with pytest.raises(AssertionError, match="Meta"):
        made.get_validators()
