"""Fields, orderings and models of a project that do something else for each query."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.db.models.base import ModelBase
from django.db.models.expressions import Col, OrderBy, RawSQL
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from perfcompare.levers._orm import rows
from perfcompare.levers._orm.plans import plans
from tests.perfcompare.levers.compiled_queries.conftest import applied
from users.models import Address, User

pytestmark = pytest.mark.django_db

_turn = 0


class _TurningColumn(Col):
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, parameters = super().as_sql(compiler, connection)
        return f"({sql} || '{_turn}')", parameters


class _WrittenByColumn(models.CharField):  # type: ignore[type-arg]
    def get_col(self, alias: Any, output_field: Any = None) -> Any:
        return _TurningColumn(alias, self, output_field or self)

    @property
    def cached_col(self) -> Any:
        return self.get_col(self.model._meta.db_table)


class _WrittenByFormat(models.CharField):  # type: ignore[type-arg]
    def select_format(self, compiler: Any, sql: str, parameters: Any) -> tuple[str, Any]:
        return f"({sql} || '{_turn}')", parameters


class _Converted(models.CharField):  # type: ignore[type-arg]
    def get_db_converters(self, connection: Any) -> Any:
        turn = _turn
        return [lambda value, expression, connection: f"{value}{turn}"]


class _Alternating(RawSQL):
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return ("-id", []) if _turn % 2 else ("id", [])


class _Marking(ModelBase):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().__call__(*args, **kwargs)
        made.mark = _turn
        return made


with isolate_apps("users"):  # else `makemigrations` would miss their migrations

    def _model(name: str, field: Any, metaclass: Any = ModelBase, **meta: Any) -> Any:
        options = {"app_label": "users", "managed": False, "db_table": Address._meta.db_table, **meta}
        body = {"__module__": __name__, "Meta": type("Meta", (), options), "city": field}
        return metaclass(name, (models.Model,), body)

    MODELS = {
        "column": _model("ByColumn", _WrittenByColumn(max_length=100)),
        "format": _model("ByFormat", _WrittenByFormat(max_length=100)),
        "converters": _model("ByConverters", _Converted(max_length=100)),
        "ordering": _model("Ordered", models.CharField(max_length=100), ordering=[OrderBy(_Alternating("", []))]),
        "metaclass": _model("Marked", models.CharField(max_length=100), metaclass=_Marking),
    }
    Texts = _model("Texts", models.JSONField())


@pytest.fixture(autouse=True)
def _addresses() -> None:
    user = User.objects.create(name="Ada", email="ada@example.com")
    for city in ("Rome", "Oslo"):
        Address.objects.create(user=user, street="a", city=city, country="c")


@pytest.mark.parametrize("way", ["list", "get", "values"])
@pytest.mark.parametrize("name", MODELS)
def test_what_is_written_anew_for_each_query_is_djangos(name: str, way: str) -> None:
    objects = MODELS[name]._default_manager
    pk = objects.order_by("id")[0].pk

    def found(turn: int) -> list[Any]:
        global _turn
        _turn = turn
        if way == "values":
            return list(objects.values_list("id", "city"))
        instances = list(objects.all()) if way == "list" else [objects.get(pk=pk)]
        return [(one.pk, one.city, getattr(one, "mark", None)) for one in instances]

    expected = [found(turn) for turn in range(4)]
    with applied():
        assert [found(turn) for turn in range(4)] == expected


def test_a_plain_column_of_a_project_has_a_plan() -> None:
    class Plain(models.CharField):  # type: ignore[type-arg]
        def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
            return value.upper()

    with isolate_apps("users"):
        model = _model("PlainOne", Plain(max_length=100))
    with applied():
        assert [one.city for one in model._default_manager.order_by("id")] == ["ROME", "OSLO"]
        assert all(plans.of.values())
        Plain.from_db_value = lambda self, value, expression, connection: value.lower()  # type: ignore[method-assign]
        assert [one.city for one in model._default_manager.order_by("id")] == ["rome", "oslo"]


def _upper(value: Any, *_args: Any, **_options: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("name", "method"),
    [
        *((name, _upper) for name in ("get_prep_value", "get_db_prep_value", "to_python", "from_db_value")),
        ("get_db_converters", lambda connection: [lambda value, expression, connection: _upper(value)]),
        ("select_format", lambda compiler, sql, parameters: ("'OTHER'", parameters)),
    ],
)
def test_a_method_that_one_field_gets_later_is_asked(name: str, method: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    field = Address._meta.get_field("city")

    def found() -> list[Any]:
        named = [*Address.objects.filter(city="Oslo").values_list("pk")]
        try:
            got = Address.objects.get(city="Oslo").pk
        except Address.DoesNotExist:
            got = None
        return [got, named, [one.city for one in Address.objects.order_by("pk")]]

    before = found()
    monkeypatch.setitem(vars(field), name, method)
    expected = found()
    monkeypatch.delitem(vars(field), name)
    with applied():
        assert found() == found() == before
        monkeypatch.setitem(vars(field), name, method)
        assert found() == found() == expected
        monkeypatch.delitem(vars(field), name)
        assert found() == before


def test_an_expression_in_an_ordering_may_be_changed_where_it_stands() -> None:
    expression = Lower("city")
    with isolate_apps("users"):
        model = _model("Changing", models.CharField(max_length=100), ordering=[expression])
    with applied():
        assert [one.city for one in model._default_manager.all()] == ["Oslo", "Rome"]
        expression.source_expressions = [models.F("pk")]  # type: ignore[list-item]
        expression.extra = {"template": "%(expressions)s"}
        assert [one.city for one in model._default_manager.all()] == ["Rome", "Oslo"]


def test_an_ordering_may_be_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with applied():
        assert {one.city for one in Address.objects.all()} == {"Oslo", "Rome"}
        monkeypatch.setattr(Address._meta, "ordering", None)
        assert {one.city for one in Address.objects.all()} == {"Oslo", "Rome"}


@pytest.mark.parametrize(("name", "value"), [("template", "%(expression)s DESC"), ("get_db_converters", None)])
def test_data_and_methods_that_a_node_gets_later_are_minded(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def marked(self: Any, connection: Any) -> Any:
        return [lambda value, expression, connection: f"<{value}>"] if self.target.column == "city" else []

    cls, value = (OrderBy, value) if value else (Col, marked)

    def found() -> list[str]:
        return [one.city for one in Address.objects.order_by("city")]

    with applied():
        before = found()
        monkeypatch.setattr(cls, name, value)
        changed = found()
        monkeypatch.undo()
        assert found() == before == ["Oslo", "Rome"]
    assert changed == (["Rome", "Oslo"] if cls is OrderBy else ["<Oslo>", "<Rome>"])


@pytest.mark.parametrize(
    "text", ['{"a": [1]}', ' \n{"a": 1}', '{"a": 1} ', '{"a": 1} x', "no JSON", "", "null", "1", '"x"', "NaN", "[1"]
)
def test_json_in_a_column_of_texts_is_decoded_as_by_django(text: str) -> None:
    Address.objects.update(city=text)
    expected = list(Texts._default_manager.values_list("city"))

    with applied():
        assert str(list(Texts._default_manager.values_list("city"))) == str(expected)
        assert [str(one.city) for one in Texts._default_manager.all()] == [str(one) for (one,) in expected]


def test_a_metaclass_that_makes_instances_is_named() -> None:
    said = rows.objection(MODELS["metaclass"], [])
    assert said == f"{__name__}._Marking overrides `__call__`"
