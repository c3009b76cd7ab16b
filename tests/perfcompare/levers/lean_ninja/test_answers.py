from __future__ import annotations

import enum
import functools
import json
import re
import uuid
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import ninja
import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.safestring import SafeString
from ninja import Field, NinjaAPI, Schema, main, operation, schema
from ninja.operation import Operation, PathView
from ninja.renderers import JSONRenderer
from ninja.schema import DjangoGetter
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    computed_field,
    create_model,
    field_validator,
)

from perfcompare.contract.ninja import Timestamp
from perfcompare.levers.lean_ninja import answers
from tests.perfcompare.levers.lean_ninja.conftest import lean, outcome

Both = Callable[[Callable[[], Any]], tuple[Any, Any]]
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)
EAST = timezone(timedelta(hours=2))


class Text(enum.StrEnum):
    A = "a"


class Number(enum.IntEnum):
    ONE = 1


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Place:
    city: str


class City(Schema):
    city: str


class Person(Schema):
    id: int
    name: str
    active: bool = True
    city: City | None = None
    cities: list[City] = []
    more: dict[str, Any] = {}


class Everything(Schema):
    number: float
    day: date
    at: datetime
    stamp: Timestamp
    hour: time
    span: timedelta
    money: Decimal
    key: uuid.UUID
    kind: Literal["a", "b"]
    anything: Any
    names: list[str]
    counts: dict[str, int]


class Resolved(Schema):
    name: str

    @staticmethod
    def resolve_name(obj: Any) -> str:
        return "resolved"


class Aliased(Schema):
    city: str = Field(alias="home.city")


class Checked(Schema):
    name: str

    @field_validator("name")
    @classmethod
    def _upper(cls, value: str) -> str:
        return value.upper()


class Computed(Schema):
    name: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def double(self) -> str:
        return self.name * 2


class Strict(Schema):
    model_config = ConfigDict(str_strip_whitespace=True)
    name: str


class Plain(BaseModel):
    name: str


class Chosen(Schema):
    kind: Colour


class Shouted(Schema):
    name: Annotated[str, AfterValidator(str.upper)]
    double: Annotated[int, PlainSerializer(lambda value: value * 2, return_type=int)]
    wrong: Annotated[int, PlainSerializer(lambda value: MOMENT, return_type=str)] = 1


SEEN: list[str] = []


# Ninja before 1.6 names a status by a pair.
STATUS: Any = getattr(ninja, "Status", lambda *pair: pair)


def _look(value: str) -> str:
    SEEN.append(value)
    return value


class Seen(Schema):
    city: Annotated[str, AfterValidator(_look)]


class Tree(Schema):
    name: str
    children: list[Tree] = []


EVERYTHING: dict[str, Any] = {
    "number": 1.5, "day": date(2026, 1, 2), "at": MOMENT, "stamp": MOMENT, "hour": time(1, 2, 3, 456789),
    "span": timedelta(days=1, seconds=2), "money": Decimal("1.50"), "key": uuid.UUID(int=5), "kind": "a",
    "anything": None, "names": ["x", "ü", '"', "\u2028"], "counts": {"a": 1},
}  # fmt: skip
PERSON: dict[str, Any] = {
    "id": 1, "name": "Grace", "active": True, "city": {"city": "Bonn"}, "cities": [{"city": "Köln"}],
    "more": {"a": [1, None]},
}  # fmt: skip
ODD: list[Any] = [
    None, True, 0, -1, 2**53, 2**63, 2**64, -(2**70), 1.0, 1e400, float("nan"), 1e16, 5e-324, "", "5", "x", "\ud800",
    "\x00", b"x", SafeString("safe"), Text.A, Number.ONE, Colour.RED, MOMENT, MOMENT.astimezone(EAST),
    MOMENT.replace(tzinfo=None), MOMENT.replace(microsecond=0), MOMENT.replace(microsecond=120000, year=7),
    date(2026, 1, 2), Decimal("5"), uuid.UUID(int=5), [], ["x"], ("x",), {"x"}, {}, {"city": 5}, {1: 2}, {"a": MOMENT},
    {"a": {"b": [float("inf"), {"c": None}]}}, OrderedDict(city="x"), defaultdict(str), Place("y"), City(city="z"),
    SimpleNamespace(city="w"), lambda: "called", object(), Plain(name="x"), range(3),
    (letter for letter in "x"), [Place("y")],
    [{"city": "x"}, Place("y"), SimpleNamespace(city="w"), City(city="z")], HttpResponse("mine", status=418),
]  # fmt: skip


def _writer(annotation: Any) -> answers.Write | None:
    return answers.writer(create_model("Response", response=(annotation, ...)).model_fields["response"])


def _fresh(value: Any) -> Any:
    return iter("x") if hasattr(value, "__next__") else value


def _with(fields: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    return {**fields, field: _fresh(value)}


def _two(field: str, value: Any) -> list[Any]:
    return [PERSON, _with(PERSON, field, value)]


def _object(field: str, value: Any) -> Any:
    return SimpleNamespace(**_with(PERSON, field, value))


def _asked(annotation: Any, **options: Any) -> Callable[[Callable[[], Any]], Any]:
    """Gives what an operation answers to what a function makes."""
    api = NinjaAPI(urls_namespace="zoo")
    made: list[Callable[[], Any]] = []

    @api.get("it", response=annotation, **options)
    def it(request: HttpRequest) -> Any:
        return made.pop()()

    view: Any = next(pattern for pattern in api.urls[0] if str(pattern.pattern) == "it").callback

    def ask(make: Callable[[], Any]) -> Any:
        made.append(make)
        reply = view(RequestFactory().get("/it"))
        is_json = reply.headers["Content-Type"].startswith("application/json") and reply.content
        body = json.loads(reply.content) if is_json else reply.content
        # NaN is no number and equals nothing.
        return reply.status_code, dict(reply.headers), repr(body), reply.cookies

    return ask


def _same(both: Both, annotation: Any, make: Callable[[], Any], **options: Any) -> Any:
    stock, ours = both(lambda: _asked(annotation, **options)(make))
    assert ours == stock
    return ours


def _all_same(both: Both, annotation: Any, make: Callable[[Any], Any]) -> None:
    """One operation for all odd values: to make one takes a hundred times as long as to ask it."""

    def answers() -> list[Any]:
        ask = _asked(annotation)
        return [outcome(partial(ask, partial(make, value))) for value in ODD]

    stock, ours = both(answers)
    assert ours == stock
    assert len(stock) == len(ODD)


@pytest.mark.parametrize(
    "annotation",
    [
        str, int, bool, float, Any, dict, dict[str, Any], dict[str, int], list, list[str], list[int], str | None,
        Text, Literal["x", 5], datetime, date, Decimal, uuid.UUID, Timestamp, City, City | None, list[City],
        dict[str, City], int | str, list[Any], Colour, Plain, Annotated[int, Field(ge=0)],
    ],
    ids=lambda annotation: re.sub(" at 0x[0-9a-f]+", "", str(annotation)),
)  # fmt: skip
def test_any_value_is_answered_for_any_type_as_ninja_answers_it(both: Both, annotation: Any) -> None:
    _all_same(both, annotation, _fresh)


@pytest.mark.parametrize("field", EVERYTHING)
def test_any_value_in_any_field_is_answered_as_ninja_answers_it(both: Both, field: str) -> None:
    _all_same(both, Everything, partial(_with, EVERYTHING, field))


@pytest.mark.parametrize("field", PERSON)
def test_objects_are_read_as_ninja_reads_them(both: Both, field: str) -> None:
    _all_same(both, list[Person], partial(_two, field))
    _all_same(both, Person, partial(_object, field))


@pytest.mark.parametrize(
    "annotation", [Resolved, Aliased, Checked, Computed, Strict, Chosen, Shouted, Tree, list[Tree], Plain], ids=str
)
@pytest.mark.parametrize(
    "value",
    [
        {"name": " x ", "home": {"city": "y"}, "kind": "red", "double": 4},
        {"name": "x", "double": "4", "wrong": 1, "children": [{"name": "y", "children": []}]},
        SimpleNamespace(name="x", home=Place("y"), kind=Colour.RED, double=4, children=()),
        {},
        [],
    ],
    ids=str,
)
def test_schemas_with_code_of_their_own_are_answered_as_ninja_answers_them(
    both: Both, annotation: Any, value: Any
) -> None:
    _same(both, annotation, lambda: value)


@pytest.mark.parametrize("missing", PERSON)
def test_a_missing_field_has_its_default_or_is_the_same_error(both: Both, missing: str) -> None:
    _same(both, Person, lambda: {name: value for name, value in PERSON.items() if name != missing})


@pytest.mark.parametrize("option", ["by_alias", "exclude_unset", "exclude_defaults", "exclude_none"])
def test_options_of_an_operation_are_kept(both: Both, option: str) -> None:
    _same(both, Person, lambda: {"id": 1, "name": "x", "city": None, "cities": []}, **{option: True})


@pytest.mark.parametrize(
    "result",
    [STATUS(200, PERSON), STATUS(404, {"city": "x"}), STATUS(204, None), STATUS(500, {}), {"city": "x"}, PERSON],
    ids=lambda result: repr(getattr(result, "status_code", result))[:20],
)
def test_each_status_has_its_schema(both: Both, result: Any) -> None:
    _same(both, {200: Person, 404: City, 204: None, frozenset({409, 410}): City}, lambda: result)


def test_the_only_status_is_the_one_of_every_answer(both: Both) -> None:
    assert _same(both, {201: City}, lambda: {"city": "x"})[0] == 201


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Person, PERSON), (list[Person], [PERSON]), (list[Person], [SimpleNamespace(**PERSON)]),
        (dict[str, Any], {"a": [1, 2.5, None, {"b": "c"}]}), (City | None, None), (list[str], ("a", "b")),
        (Timestamp, MOMENT), (datetime, MOMENT), (City, OrderedDict(city="x")),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_plain_results_do_not_need_ninja(annotation: Any, value: Any) -> None:
    write = _writer(annotation)

    assert write is not None
    assert write(value) is not None


def test_a_view_that_gets_the_response_keeps_its_headers(both: Both) -> None:
    api = NinjaAPI(urls_namespace="headers")

    @api.get("it", response=City)
    def it(request: HttpRequest, response: HttpResponse) -> dict[str, str]:
        response["X-Mine"] = "yes"
        response.set_cookie("c", "v")
        return {"city": "x"}

    view: Any = next(pattern for pattern in api.urls[0] if str(pattern.pattern) == "it").callback
    stock, ours = both(lambda: view(RequestFactory().get("/it")))

    assert ours.headers == stock.headers
    assert ours.cookies == stock.cookies
    assert json.loads(ours.content) == json.loads(stock.content)


def test_responses_share_nothing() -> None:
    with lean():
        first, second = (_response() for _ in range(2))
        first["X-Mine"] = "yes"
        first.set_cookie("c", "v")
        first.write(b"more")

    assert "X-Mine" not in second.headers
    assert not second.cookies
    assert second.content == b'{"city":"x"}'


def _response() -> HttpResponse:
    reply: HttpResponse = _view(RequestFactory().get("/it"))
    return reply


_api = NinjaAPI(urls_namespace="shared")


@_api.get("it", response=City)
def _it(request: HttpRequest) -> dict[str, str]:
    return {"city": "x"}


_view: Any = next(pattern for pattern in _api.urls[0] if str(pattern.pattern) == "it").callback


class Finished(dict[str, Any]):
    def __init__(self, raw: bytes) -> None:
        super().__init__(json.loads(raw))
        self.raw = raw

    def __finished_json__(self) -> bytes:
        return self.raw


class Town(Schema):
    city: str


def test_finished_json_is_validated_once_and_then_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    write = _writer(Town)
    assert write is not None
    loads: list[Any] = []

    def counted(raw: bytes) -> Any:
        loads.append(raw)
        return json.loads(raw)

    monkeypatch.setattr("perfcompare.levers.lean_ninja.answers.orjson.loads", counted)

    assert {write(Finished(b'{"city": "x", "secret": 1}')) for _ in range(3)} == {b'{"city":"x"}'}
    assert write(Finished(b'{"city": "y", "secret": 1}')) == b'{"city":"y"}'
    assert len(loads) == 2


def test_an_answer_that_a_function_of_the_project_has_a_say_in_is_not_remembered() -> None:
    SEEN.clear()
    write = _writer(Seen)
    assert write is not None

    assert {write(Finished(b'{"city": "x", "secret": 1}')) for _ in range(3)} == {b'{"city":"x"}'}
    assert SEEN == ["x"] * 3


def _around(function: Any) -> Any:
    """Stands for what an APM or a project puts around a method."""

    @functools.wraps(function)
    def patched(*args: Any, **kwargs: Any) -> Any:
        PATCHED.append(function.__name__)
        return function(*args, **kwargs)

    return patched


PATCHED: list[str] = []
PATCHES: list[tuple[Any, str]] = [
    *((Operation, name) for name in ("_get_values", "_result_to_response", "_run_checks")),
    *((NinjaAPI, name) for name in ("create_response", "create_temporal_response", "get_content_type")),
    *((PathView, name) for name in ("_sync_view", "_find_operation")),
    (JSONRenderer, "render"),
    (operation, "ResponseObject"),
    (main, "HttpResponse"),
    (schema, "DjangoGetter"),
    (DjangoGetter, "__getattr__"),
]


@pytest.mark.parametrize(("owner", "name"), PATCHES, ids=str)
def test_a_patch_of_a_method_that_is_gone_past_is_called_whenever_it_comes(
    owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = NinjaAPI(urls_namespace=f"patched {owner.__name__} {name}")

    @api.get("/it", response=Town)
    def it(request: Any) -> Any:
        return {"city": "x"}

    with lean():
        view: Any = next(pattern for pattern in api.urls[0] if str(pattern.pattern) == "it").callback
        before = json.loads(view(RequestFactory().get("/it")).content)
        PATCHED.clear()
        monkeypatch.setattr(owner, name, _around(getattr(owner, name)))
        assert json.loads(view(RequestFactory().get("/it")).content) == before
        assert name in PATCHED
        monkeypatch.undo()
        PATCHED.clear()
        assert view(RequestFactory().get("/it")).content == b'{"city":"x"}'
        assert not PATCHED


def test_what_authentication_and_views_call_by_names_of_ninjas_module_may_be_patched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def deny(request: Any) -> Any:
        return request.headers.get("x-key")

    api = NinjaAPI(urls_namespace="names of the module", auth=deny)

    @api.get("/it")
    def it(request: Any) -> Any:
        return 1

    @api.post("/it")
    async def ait(request: Any) -> Any:
        return 1

    def ask() -> list[int]:
        view: Any = next(pattern for pattern in api.urls[0] if str(pattern.pattern) == "it").callback
        made = RequestFactory()
        requests = made.get("/it"), made.post("/it"), made.post("/it", headers={"x-key": "1"})
        return [async_to_sync(view)(request).status_code for request in requests]

    names = [name for name in ("sync_to_async", "is_async_callable", "AuthenticationError") if hasattr(operation, name)]
    for name in names:
        monkeypatch.setattr(operation, name, _around(getattr(operation, name)))
    PATCHED.clear()
    assert ask() == [401, 401, 200]
    stock = [*PATCHED]
    assert {*stock} == {*names}

    PATCHED.clear()
    with lean():
        assert ask() == [401, 401, 200]
    assert stock == PATCHED


def test_a_view_is_known_by_the_name_that_ninja_gives_it() -> None:
    paths = PathView()
    stock = paths.get_view()
    with lean():
        view = paths.get_view()

    assert (view.__module__, view.__qualname__) == (stock.__module__, stock.__qualname__)


class Wrong(Schema):
    wrong: int


@pytest.mark.parametrize("error", [ValueError, LookupError, ObjectDoesNotExist, Http404, DatabaseError, RuntimeError])
def test_an_attribute_that_raises_is_the_error_that_ninja_makes_of_it(both: Both, error: type[Exception]) -> None:
    class Raising:
        @property
        def wrong(self) -> int:
            raise error("x")

    assert _same(both, list[Wrong], lambda: [Raising()])[0] is ValidationError
