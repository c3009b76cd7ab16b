from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.models import Value
from django.db.models.functions import Lower, Now
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext, isolate_apps

from perfcompare.levers.compiled_writes.install import INSTALLATION
from users.models import Address, Post, Profile, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled")]

_COLUMNS = [field.attname for field in User._meta.concrete_fields if field.attname not in ("id", "email")]


@pytest.fixture(autouse=True)
def _opened() -> None:
    connection.ensure_connection()


def _state(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in _COLUMNS}


def test_a_row_is_what_django_writes_and_reads_back(short_ways: list[str]) -> None:
    created = User(name="Zoë '%s' \\", email="a@example.com", is_staff=True, password="x")
    created.save()
    INSTALLATION.uninstall("inserts")
    by_django = User(
        name="Zoë '%s' \\", email="b@example.com", is_staff=True, password="x", created_at=created.created_at
    )
    by_django.save()

    assert len(short_ways) == 1
    assert _state(created) == _state(by_django)
    assert [type(value) for value in _state(created).values()] == [type(one) for one in _state(by_django).values()]
    assert _state(User.objects.get(pk=created.pk)) == _state(User.objects.get(pk=by_django.pk))
    assert created.created_at.tzinfo is by_django.created_at.tzinfo
    assert not created._state.adding
    assert created._state.db == "default"


def test_a_second_row_uses_the_same_statement(short_ways: list[str]) -> None:
    first = User.objects.create_user("a@example.com", "A")
    second = User.objects.create_user("b@example.com", "B")

    assert short_ways[0] is short_ways[1]
    assert (first.name, second.name) == ("A", "B")
    assert second.pk > first.pk


def test_what_a_field_does_before_saving_is_asked_as_django_asks(
    short_ways: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    field = User._meta.get_field("name")
    User.objects.create_user("b@example.com", "B")
    assert short_ways
    # Not `setattr`, which would leave the method of the class there.
    monkeypatch.setitem(vars(field), "pre_save", lambda instance, *, add: f"{instance.name} {add}")

    user = User.objects.create_user("a@example.com", "A")

    assert len(short_ways) == 1
    assert User.objects.get(pk=user.pk).name == "A True"


def test_a_field_that_takes_the_connection_by_name_alone_is_saved(short_ways: list[str]) -> None:
    class Named(models.CharField):  # type: ignore[type-arg]
        def get_db_prep_save(self, value: Any, *, connection: Any) -> Any:  # type: ignore[override]
            return super().get_db_prep_save(value.upper(), connection)

    with isolate_apps("users"):
        meta = type("Meta", (), {"app_label": "users"})
        body = {"__module__": __name__, "Meta": meta, "name": Named(max_length=9)}
        model: Any = type("NamedRow", (models.Model,), body)
    with connection.schema_editor() as editor:
        editor.create_model(model)

    assert model._default_manager.create(name="ada").pk
    assert [one.name for one in model._default_manager.all()] == ["ADA"]
    assert len(short_ways) == 1


def test_a_zero_below_zero_is_written_as_django_writes_it(short_ways: list[str]) -> None:
    with isolate_apps("users"):
        meta = type("Meta", (), {"app_label": "users"})
        body = {"__module__": __name__, "Meta": meta, "number": models.FloatField()}
        model: Any = type("NumberedRow", (models.Model,), body)
    with connection.schema_editor() as editor:
        editor.create_model(model)
    for number in (0.5, -0.0):
        model._default_manager.create(number=number)

    assert [str(one.number) for one in model._default_manager.order_by("id")] == ["0.5", "0.0"]
    assert len(short_ways) == 1


def test_a_given_key_is_kept(short_ways: list[str]) -> None:
    user = User.objects.create(id=77, name="A", email="a@example.com")

    assert user.pk == 77
    assert User.objects.get(pk=77).name == "A"


def test_foreign_keys_and_other_models(short_ways: list[str]) -> None:
    user = User.objects.create_user("a@example.com", "A")
    address = Address.objects.create(user=user, street="S", city="C", country="L")
    post = Post.objects.create(author=user, title="T", body="B")

    assert len(short_ways) == 3
    assert Address.objects.get(user=user) == address
    assert Post.objects.get(author=user) == post


def test_values_that_say_their_type_themselves_are_djangos(short_ways: list[str]) -> None:
    user = User.objects.create_user("a@example.com", "A")
    Profile.objects.create(user=user, metadata={"a": [1, "é"]})

    assert len(short_ways) == 1
    assert Profile.objects.get(user=user).metadata == {"a": [1, "é"]}


def test_expressions_are_djangos(short_ways: list[str]) -> None:
    first = User.objects.create(name=Lower(Value("ABC")), email="a@example.com", created_at=Now())
    User.objects.create(name="plain", email="b@example.com")
    User.objects.create(name=Lower(Value("DEF")), email="c@example.com")

    assert len(short_ways) == 1
    assert sorted(User.objects.values_list("name", flat=True)) == ["abc", "def", "plain"]
    assert first.created_at is not None


def test_several_rows_and_conflicts_are_djangos(short_ways: list[str]) -> None:
    User.objects.bulk_create([User(name="A", email="a@example.com"), User(name="B", email="b@example.com")])
    User.objects.bulk_create([User(name="A", email="a@example.com")], ignore_conflicts=True)

    assert short_ways == []
    assert User.objects.count() == 2


def test_a_taken_value_is_djangos_error_and_the_transaction_goes_on(short_ways: list[str]) -> None:
    User.objects.create_user("a@example.com", "A")
    with pytest.raises(IntegrityError, match="users_user_email"), transaction.atomic():
        User.objects.create_user("a@example.com", "B")
    User.objects.create_user("b@example.com", "B")

    assert User.objects.count() == 2


def test_a_value_too_long_is_djangos_error() -> None:
    with pytest.raises(DataError), transaction.atomic():
        User.objects.create(name="x" * 1000, email="a@example.com")


def test_signals_come_in_order() -> None:
    seen: list[Any] = []

    def before(instance: User, **_named: Any) -> None:
        seen.append(("pre", instance.pk))

    def after(instance: User, created: bool, **_named: Any) -> None:
        seen.append(("post", instance.pk, created))

    pre_save.connect(before, sender=User)
    post_save.connect(after, sender=User)
    try:
        user = User.objects.create_user("a@example.com", "A")
    finally:
        pre_save.disconnect(before, sender=User)
        post_save.disconnect(after, sender=User)

    assert seen == [("pre", None), ("post", user.pk, True)]


def test_logged_statements_are_djangos(short_ways: list[str]) -> None:
    with CaptureQueriesContext(connection) as logged:
        User.objects.create_user("a@example.com", "A")

    assert short_ways == []
    assert len(logged) == 1


def test_it_is_rolled_back(short_ways: list[str]) -> None:
    with transaction.atomic():
        User.objects.create_user("a@example.com", "A")
        transaction.set_rollback(True)

    assert len(short_ways) == 1
    assert not User.objects.exists()


def test_in_a_broken_transaction_it_is_djangos_error() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            User.objects.create_user("a@example.com", "A")
