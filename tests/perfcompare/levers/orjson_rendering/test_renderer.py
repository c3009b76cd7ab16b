from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import ipaddress
import json
import uuid
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
import pytest
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rest_framework import renderers
from rest_framework.exceptions import ErrorDetail
from rest_framework.serializers import Serializer
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from perfcompare.levers import orjson_rendering
from perfcompare.levers.orjson_rendering.renderer import JSONRenderer

UTC = datetime.UTC


class Colour(TextChoices):
    RED = "r", "Red"


class Point(NamedTuple):
    x: int
    y: float


class Celsius(float):
    pass


class Doubled(dict[str, Any]):
    def items(self) -> Any:
        return {name: value * 2 for name, value in super().items()}.items()


class Twice(dict[str, Any]):
    def items(self) -> Any:
        return [*super().items()] * 2


class Backwards(list[Any]):
    def __iter__(self) -> Any:
        return reversed(self)


class BackwardsTuple(tuple[Any, ...]):
    __slots__ = ()

    def __iter__(self) -> Any:
        return reversed(self)


class Loud(str):
    __slots__ = ()

    def __str__(self) -> str:
        return self.upper()


class LoudNumber(int):
    def __repr__(self) -> str:
        return "loud"

    def __pos__(self) -> int:
        return 0


class Level(enum.IntEnum):
    LOW = 1


class Suit(enum.Enum):
    HEARTS = "h"


class Code(enum.StrEnum):
    """A text that is another one than its value."""

    OPEN = "o", "Open"

    def __new__(cls, code: str, label: str) -> Code:
        made = str.__new__(cls, code)
        made._value_ = label
        return made


class Kept(dict[str, Any]):
    pass


class Once:
    """Its items are gone when they have been read."""

    def __init__(self) -> None:
        self._items = iter([1, 2])

    def __iter__(self) -> Any:
        return self._items


class Array:
    def tolist(self) -> list[Any]:
        return [1, [2.5, 1e16]]


@dataclasses.dataclass
class Plain:
    a: int


def _moved() -> OrderedDict[str, int]:
    moved = OrderedDict(a=1, b=2)
    moved.move_to_end("a")
    return moved


class Finished(dict[str, Any]):
    raw = b'{"finished":true}'

    def __finished_json__(self) -> bytes:
        return self.raw


def _outcome(renderer: renderers.JSONRenderer, make: Callable[[], Any], **context: Any) -> tuple[str, Any]:
    """The bytes, or the class of what is raised; `make` makes the data anew, since an iterator is read once."""
    try:
        return "answer", renderer.render(make(), **context)
    except Exception as error:
        return "error", type(error)


SAME_BYTES: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "text": lambda: 'Ünï\t"\x00\x1f\x7f</script>\U0001f600',
    "line separators": lambda: "a\u2028b\u2029c\u2027",
    "a lone surrogate": lambda: "\ud800",
    "numbers": lambda: [0, -1, 1.5, 0.1, True, False, None, 2**63, 2**64 - 1, -(2**63)],
    "integers beyond 64 bits": lambda: {"n": [2**64, -(2**70)]},
    "keys that are no strings": lambda: {1: "a", 2.5: "b", None: "c", False: "d"},
    "keys that json refuses": lambda: {datetime.date(2026, 1, 2): 1},
    "aware datetime": lambda: datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    "naive datetime": lambda: datetime.datetime(2026, 1, 2, 3, 4, 5),
    "date, time, timedelta": lambda: [
        datetime.date(2026, 1, 2),
        datetime.time(1, 2, 3, 4),
        datetime.timedelta(1, 2.5),
    ],
    "aware time": lambda: datetime.time(1, tzinfo=UTC),
    "decimal": lambda: decimal.Decimal("1.50"),
    "decimal NaN": lambda: [decimal.Decimal("NaN")],
    "uuid": lambda: uuid.UUID(int=5),
    "address": lambda: ipaddress.ip_address("::1"),
    "bytes": lambda: b"abc",
    "lazy text": lambda: lazystr("lazy"),
    "error detail": lambda: {"detail": ErrorDetail("no", code="x")},
    "choice": lambda: Colour.RED,
    "named tuple": lambda: Point(1, 2.5),
    "float of a class": lambda: [Celsius(2.5)],
    "set": lambda: {7},
    "generator": lambda: (n for n in (1, 2)),
    "generator beside a key that is no string": lambda: {"g": iter([1, 2]), 5: 1},
    "object without a JSON form": object,
    "complex": lambda: 1j,
    "a float alone": lambda: 1e16,
    "a small float alone": lambda: 1e-7,
    "infinity alone": lambda: float("-inf"),
    "NaN": lambda: {"x": [float("nan")]},
    "NaN of a class": lambda: Celsius("nan"),
    "infinity in a tuple": lambda: (None, (float("-inf"),)),
    "NaN in a generator": lambda: {"g": iter([float("nan")])},
    "null without NaN": lambda: {"x": None, "y": [None, 1.5]},
    "very deep": lambda: json.loads("[" * 400 + "]" * 400),
    "itself": lambda: _circular(),
    "floats with exponents": lambda: [1e16, 1e-5, 9.9e-5, 1e300, -1e-7, 1e15, 1e-4, 123456789012345680.0, -0.0],
    "text that looks like an exponent": lambda: ["1e5", "0.00001", {"1e16": 1.5}],
    "a decimal with an exponent": lambda: [decimal.Decimal("0.00001")],
    "float of a class with an exponent": lambda: Celsius(1e16),
    "a query dictionary": lambda: QueryDict("a=1&a=2&b=3"),
    "a dictionary with items of its own": lambda: Doubled(a=1),
    "a dictionary with the same key twice": lambda: Twice(a=1),
    "an ordered dictionary that was moved": _moved,
    "a list with an iterator of its own": lambda: Backwards([1, 2]),
    "a tuple with an iterator of its own": lambda: BackwardsTuple((1, 2)),
    "text with a form of its own": lambda: [Loud("quiet"), {Loud("key"): 1}],
    "number with a form of its own": lambda: [LoudNumber(5)],
    "safe text": lambda: mark_safe("<b>"),
    "number of a member": lambda: Level.LOW,
    "a member": lambda: Suit.HEARTS,
    "a member in a dictionary": lambda: {"suit": Suit.HEARTS},
    "a member deep in a list": lambda: {"rows": [{"a": 1}, {"a": ({"suit": Suit.HEARTS},)}]},
    "a member in a dictionary of a class": lambda: {"a": Kept(b=[Suit.HEARTS])},
    "a member among return values": lambda: {"rows": ReturnList([{"suit": Suit.HEARTS}], serializer=Serializer())},
    "a member in a set": lambda: {"suits": {Suit.HEARTS}},
    "a member as a key": lambda: {Suit.HEARTS: 1},
    "a member that is a text": lambda: [Code.OPEN],
    "a member that is a text beside one that is none": lambda: [Colour.RED, Suit.HEARTS],
    "a query dictionary in a dictionary": lambda: {"q": QueryDict("key=value")},
    "itself in a dictionary of a class": lambda: Kept(a=_circular()),
    "something that is read once": lambda: [Once(), {5: 1}],
    "something like an array": lambda: Array(),
    "a dataclass": lambda: Plain(1),
    "a list in a set": lambda: {(1, 2)},
    "floats among return values": lambda: {"rows": ReturnList([{"a": 1e16}, {"a": [1e-5]}], serializer=Serializer())},
    "no number among return values": lambda: {"rows": ReturnList([{"a": float("nan")}], serializer=Serializer())},
    "nothing odd among return values": lambda: {
        "row": ReturnDict({"a": None, "b": [(1, {"c": True})]}, serializer=Serializer()),
        "next": None,
    },
    "return values": lambda: ReturnList([ReturnDict({"a": 1}, serializer=Serializer())], serializer=Serializer()),
}


def _circular() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("case", SAME_BYTES)
def test_the_answer_is_drfs(case: str, strict: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderers.JSONRenderer, "strict", strict)
    assert _outcome(JSONRenderer(), SAME_BYTES[case]) == _outcome(renderers.JSONRenderer(), SAME_BYTES[case])


@pytest.mark.parametrize(
    "context",
    [
        {"accepted_media_type": "application/json; indent=4"},
        {"renderer_context": {"indent": 2}},
        {"renderer_context": {"indent": 0}},
    ],
)
def test_indentation_is_drfs(context: dict[str, Any]) -> None:
    data = {"a": [1, {"b": None}]}
    assert JSONRenderer().render(data, **context) == renderers.JSONRenderer().render(data, **context)


@pytest.mark.parametrize("attribute", ["ensure_ascii", "compact"])
def test_settings_of_the_spelling_are_kept(attribute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderers.JSONRenderer, attribute, attribute == "ensure_ascii")
    assert JSONRenderer().render({"a": "ü"}) == renderers.JSONRenderer().render({"a": "ü"})


def test_another_encoder_is_asked() -> None:
    class Encoder(JSONEncoder):
        def default(self, obj: object) -> str:
            return "mine"

    class Mine(JSONRenderer):
        encoder_class = Encoder

    assert Mine().render({"x": object()}) == b'{"x":"mine"}'


def test_finished_json_is_passed_on() -> None:
    assert JSONRenderer().render(Finished(other=1)) == Finished.raw


def test_finished_json_is_escaped_as_drf_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Finished, "raw", '"\u2028"'.encode())
    assert JSONRenderer().render(Finished()) == b'"\\u2028"'


def test_data_that_cannot_finish_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Finished, "__finished_json__", lambda _self: orjson.dumps(object()))
    assert JSONRenderer().render(Finished(a=decimal.Decimal(1))) == b'{"a":1.0}'


def test_finished_json_is_not_passed_on_when_it_must_be_indented() -> None:
    assert JSONRenderer().render(Finished(a=1), "application/json; indent=2") == b'{\n  "a": 1\n}'


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8")) | st.uuids(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")) | st.integers(), inner),
)


@examples(database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_VALUES)
def test_any_value_has_the_same_bytes(value: Any) -> None:
    ours, theirs = (_outcome(renderer(), lambda: value) for renderer in (JSONRenderer, renderers.JSONRenderer))
    assert ours == theirs


def test_finished_json_with_an_exponent_is_spelt_as_drf_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Finished, "raw", b'{"a":1e16}')
    assert JSONRenderer().render(Finished(a=1e16)) == b'{"a":1e+16}'


PATCHES: dict[str, tuple[Any, str, Any]] = {
    "the encoder": (JSONEncoder, "default", lambda self, obj: "patched"),
    "the renderer": (renderers.JSONRenderer, "render", lambda self, *_args, **_named: b"patched"),
    "the indentation": (renderers.JSONRenderer, "get_indent", lambda self, *_args: 3),
}


@pytest.mark.parametrize("case", PATCHES)
def test_a_patch_that_comes_later_is_asked(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*PATCHES[case])
    data = {"a": uuid.UUID(int=1)}

    assert JSONRenderer().render(data, renderer_context={}) == renderers.JSONRenderer().render(
        data, renderer_context={}
    )
    assert JSONRenderer().render(data, renderer_context={}) != b'{"a":"00000000-0000-0000-0000-000000000001"}'


def test_a_subclass_with_an_indentation_of_its_own_is_asked() -> None:
    class Mine(JSONRenderer):
        def get_indent(self, *_args: Any) -> int:
            return 2

    assert Mine().render({"a": 1}, renderer_context={}) == b'{\n  "a": 1\n}'


def test_the_setting_replaces_drfs_renderer_alone() -> None:
    before = {"PAGE_SIZE": 5, "DEFAULT_RENDERER_CLASSES": ["a.B", orjson_rendering.STOCK]}
    namespace: dict[str, Any] = {"REST_FRAMEWORK": before}
    orjson_rendering.LEVER.settings(namespace)
    assert namespace["REST_FRAMEWORK"] == {
        "PAGE_SIZE": 5,
        "DEFAULT_RENDERER_CLASSES": ["a.B", orjson_rendering.OWN],
    }
    assert before["DEFAULT_RENDERER_CLASSES"] == ["a.B", orjson_rendering.STOCK]


def test_the_setting_keeps_drfs_other_default() -> None:
    namespace: dict[str, Any] = {}
    orjson_rendering.LEVER.settings(namespace)
    assert namespace["REST_FRAMEWORK"]["DEFAULT_RENDERER_CLASSES"] == [
        orjson_rendering.OWN,
        "rest_framework.renderers.BrowsableAPIRenderer",
    ]
