from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, router, transaction
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.generics import CreateAPIView
from rest_framework.mixins import CreateModelMixin
from rest_framework.test import APIRequestFactory
from rest_framework.validators import UniqueValidator
from rest_framework.viewsets import GenericViewSet

from perfcompare.levers.insert_first.checks import check_names, path_of
from perfcompare.levers.insert_first.install import INSTALLATION
from tests.perfcompare.levers.installed import installed
from users.models import Profile, User

pytestmark = pytest.mark.django_db(transaction=True)


class _UserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("name", "email")


class _Kind(_UserSerializer):
    """Says what it makes of a refusal, as the project's own serializer does."""

    def create(self, validated_data: Any) -> User:
        try:
            return super().create(validated_data)
        except IntegrityError as error:
            raise serializers.ValidationError({"email": ["Too late."]}) from error


class _Shouting(_UserSerializer):
    """Inserts another value than it was given."""

    def create(self, validated_data: Any) -> User:
        return super().create({**validated_data, "email": validated_data["email"].upper()})


class _WithProfile(_UserSerializer):
    """Violates the constraint of another table after its own INSERT."""

    def create(self, validated_data: Any) -> User:
        user = super().create(validated_data)
        Profile.objects.create(user=user)
        Profile.objects.create(user=user)
        return user


class _Loose(_UserSerializer):
    """Refuses more than the constraint does."""

    email = serializers.EmailField(validators=[UniqueValidator(User.objects.all(), lookup="iexact")])


NAMED = [_UserSerializer, _Kind, _Shouting, _WithProfile, _Loose]


@pytest.fixture(autouse=True)
def lever(settings: Any) -> Iterator[None]:
    settings.PERFCOMPARE = {"insert_first": {"serializers": [path_of(cls) for cls in NAMED]}}
    User.objects.create(email="taken@example.com", name="T")
    with installed(INSTALLATION):
        yield


def _asked(serializer: Any, data: Any) -> tuple[int, Any, list[str]]:
    """The status, the content and the first words of the statements of a POST."""
    view = CreateAPIView.as_view(queryset=User.objects.all(), serializer_class=serializer)
    with CaptureQueriesContext(connection) as sent:
        response = view(APIRequestFactory().post("/", data, format="json"))
    response.render()
    return response.status_code, json.loads(response.content), [one["sql"].split()[0] for one in sent.captured_queries]


def _both(serializer: Any, data: Any) -> tuple[Any, Any]:
    own = _asked(serializer, data)[:2]
    INSTALLATION.uninstall()
    stock = _asked(serializer, data)[:2]
    INSTALLATION.install()
    return own, stock


def test_a_good_row_takes_one_statement() -> None:
    status, content, sent = _asked(_UserSerializer, {"name": "A", "email": "a@example.com"})

    assert (status, content, sent) == (201, {"name": "A", "email": "a@example.com"}, ["INSERT"])
    assert User.objects.filter(email="a@example.com").count() == 1


@pytest.mark.parametrize("serializer", [_UserSerializer, _Kind])
@pytest.mark.parametrize("name", ["A", "", 5, None, "x" * 1000])
@pytest.mark.parametrize("email", ["taken@example.com", "TAKEN@example.com ", "no address", "", None])
def test_bad_input_has_drfs_answer(serializer: Any, name: Any, email: Any) -> None:
    own, stock = _both(serializer, {"name": name, "email": email})

    # What is good is taken by the second of the two.
    assert own == stock or own[0] == 201
    if email == "taken@example.com":
        assert own[0] == 422
        assert own[1]["errors"]["email"] == ["user with this e-mail address already exists."]
    assert User.objects.filter(email="taken@example.com").count() == 1


def test_without_its_name_a_serializer_asks_first(settings: Any) -> None:
    settings.PERFCOMPARE = {}
    INSTALLATION.uninstall()
    INSTALLATION.install()

    assert _asked(_UserSerializer, {"name": "A", "email": "a@example.com"})[2] == ["SELECT", "INSERT"]


def test_inside_a_transaction_it_asks_first() -> None:
    with transaction.atomic():
        free, taken = (_asked(_UserSerializer, {"name": "A", "email": f"{one}@example.com"}) for one in ("a", "taken"))

    assert free[2] == ["SELECT", "INSERT"]
    assert (taken[0], taken[2]) == (422, ["SELECT"])


def test_in_a_transaction_that_was_begun_by_hand_it_asks_first() -> None:
    connection.set_autocommit(False)
    try:
        assert _asked(_UserSerializer, {"name": "A", "email": "taken@example.com"})[0] == 422
    finally:
        connection.rollback()
        connection.set_autocommit(True)


class _Router:
    """Counts who asks where to write."""

    asked = 0

    def db_for_write(self, model: Any, **_hints: Any) -> None:
        if model is User:
            _Router.asked += 1


def test_a_router_is_asked_as_often_as_by_drf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router, "routers", [_Router()])

    def asked(email: str) -> int:
        before = _Router.asked
        _asked(_UserSerializer, {"name": "A", "email": email})
        return _Router.asked - before

    own = asked("a@example.com")
    INSTALLATION.uninstall()
    assert asked("b@example.com") == own


def test_a_validator_that_is_patched_later_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _asked(_UserSerializer, {"name": "A", "email": "a@example.com"})[2] == ["INSERT"]
    stock = UniqueValidator.filter_queryset
    monkeypatch.setattr(UniqueValidator, "filter_queryset", lambda *given: stock(*given))

    assert _asked(_UserSerializer, {"name": "A", "email": "b@example.com"})[2] == ["SELECT", "INSERT"]


def test_what_a_view_does_to_the_data_of_its_headers_is_not_in_the_answer() -> None:
    class View(CreateAPIView[User]):
        queryset = User.objects.all()
        serializer_class = _UserSerializer

        def get_success_headers(self, data: Any) -> dict[str, str]:
            return {"Location": data.pop("name")}

    response = View.as_view()(APIRequestFactory().post("/", {"name": "A", "email": "a@example.com"}, format="json"))

    assert (response.data, response["Location"]) == ({"name": "A", "email": "a@example.com"}, "A")


def test_a_lookup_that_is_not_the_constraints_asks_first() -> None:
    status, _, sent = _asked(_Loose, {"name": "A", "email": "Taken@example.com"})

    assert (status, sent) == (422, ["SELECT"])


def test_what_another_value_meets_is_told_as_without_the_lever() -> None:
    User.objects.create(email="B@EXAMPLE.COM", name="B")

    with pytest.raises(IntegrityError):
        _asked(_Shouting, {"name": "B", "email": "b@example.com"})


def test_a_constraint_of_another_table_says_nothing_of_the_value() -> None:
    with pytest.raises(IntegrityError, match="users_profile"):
        _asked(_WithProfile, {"name": "P", "email": "p@example.com"})


def test_an_error_after_the_insert_is_raised_as_it_is() -> None:
    def fail(**_signal: Any) -> None:
        raise RuntimeError("after the row")

    post_save.connect(fail, sender=User)
    try:
        with pytest.raises(RuntimeError, match="after the row"):
            _asked(_UserSerializer, {"name": "A", "email": "a@example.com"})
    finally:
        post_save.disconnect(fail, sender=User)


def test_an_update_asks_first() -> None:
    serializer = _UserSerializer(User.objects.get(), data={"name": "T", "email": "taken@example.com"})

    assert serializer.is_valid()


def test_the_check_finds_names_that_have_no_effect(settings: Any) -> None:
    names = [path_of(_Kind), "users.models.User", "nobody.knows.It"]
    settings.PERFCOMPARE = {"insert_first": {"serializers": names}}

    assert [(one.id, one.msg.split()[3]) for one in check_names()] == [
        ("insert_first.E001", "'users.models.User',"),
        ("insert_first.E001", "'nobody.knows.It',"),
    ]


def test_an_endpoint_is_described_as_without_the_lever() -> None:
    class View(CreateModelMixin, GenericViewSet[User]):
        queryset = User.objects.all()
        serializer_class = _UserSerializer
        schema = AutoSchema()

    def described() -> Any:
        patterns = [path("users/", View.as_view({"post": "create"}))]
        schema = SchemaGenerator(patterns=patterns).get_schema(public=True)  # type: ignore[no-untyped-call]
        return schema["paths"]["/users/"]["post"]

    own = described()
    INSTALLATION.uninstall()
    assert own == described()
    assert "description" not in own
