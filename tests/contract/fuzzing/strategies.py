"""Requests drawn from the scenarios: valid, nearly valid, and hostile."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, quote

from hypothesis import strategies as st

from perfcompare.core.dataset import Dataset
from perfcompare.core.limits import MAX_DIGITS
from perfcompare.core.scenario import Parameter, Scenario, Schema
from perfcompare.registries import scenarios
from perfcompare.scenarios._rows import rows
from tests.contract.fuzzing import hostile
from tests.contract.fuzzing.framing import FLAWS, FRAMINGS, MISFRAMINGS
from tests.contract.fuzzing.wire import PORT, RawRequest
from users.dataset import CREATED_DOMAIN

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "QUERY")
DEAR: Final = {"delay_ms": 10, "limit": 10}
"""Parameters whose large values cost time: the largest that is drawn often."""
_MOST_DELAY_MS: Final = 60
T = TypeVar("T")


@cache
def _one_in(number: int) -> st.SearchStrategy[bool]:
    return st.integers(1, number).map(lambda drawn: drawn == number)


def _weighted(*choices: tuple[int, st.SearchStrategy[T]]) -> st.SearchStrategy[T]:
    """One of them, as often as its weight says; `one_of` takes repeated strategies for one."""
    found = [strategy for weight, strategy in choices for _ in range(weight)]
    return st.integers(0, len(found) - 1).flatmap(found.__getitem__)


def _mostly(usual: st.SearchStrategy[T], *others: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    return _weighted((3 * len(others), usual), *((1, one) for one in others))


@cache
def texts(longest: int = 8) -> st.SearchStrategy[str]:
    """Text of every kind, without lone surrogates."""
    return st.one_of(
        st.sampled_from(hostile.TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=longest)
    )


# --- paths and query strings


def _numbers(name: str, schema: Schema) -> st.SearchStrategy[str]:
    lowest, highest = schema["minimum"], min(schema["maximum"], DEAR.get(name, schema["maximum"]))
    usual = st.integers(lowest, min(highest, lowest + 1500))
    edges = st.sampled_from((lowest, highest, lowest - 1, schema["maximum"] + 1, 2**63, 2**64, 2**70, 10**25))
    spelled = st.builds(lambda spelling, number: spelling(number), st.sampled_from(hostile.SPELLINGS), usual)
    return _weighted((2, usual.map(str)), (1, edges.map(str)), (3, spelled), (1, texts()))


def _tags(schema: Schema) -> st.SearchStrategy[str]:
    lengths = st.sampled_from((1, schema["maxLength"], schema["maxLength"] + 1))
    return st.one_of(texts(), st.builds(lambda length, sign: sign * length, lengths, st.sampled_from("xé👍")))


@cache
def _values(scenario: str, parameter: str) -> st.SearchStrategy[str]:
    return _values_of(next(one for one in scenarios[scenario].parameters if one.name == parameter))


def _values_of(parameter: Parameter) -> st.SearchStrategy[str]:
    if parameter.schema["type"] == "array":
        return _tags(parameter.schema["items"])
    return _numbers(parameter.name, parameter.schema)


_HOWS: Final = st.sampled_from(("usual", "usual", "usual", "usual", "all", "plus", "invalid"))
_ESCAPES: Final = st.sampled_from(hostile.ESCAPES)


def _escaped(draw: st.DrawFn, text: str) -> str:
    """In a path or a query string: as usual, with more escapes than needed, or with invalid ones."""
    how = draw(_HOWS)
    if how == "all":
        return "".join(f"%{byte:02x}" for byte in text.encode())
    if how == "plus":
        return quote(text, safe="").replace("%20", "+")
    if how == "invalid":
        at = draw(st.integers(0, len(text)))
        return quote(text[:at], safe="") + draw(_ESCAPES) + quote(text[at:], safe="")
    return quote(text, safe="")


_TIMES: Final = st.sampled_from((0, 0, 1, 1, 1, 2))


def _pairs(draw: st.DrawFn, scenario: str, parameter: str) -> list[str]:
    """Not at all, once or twice."""
    found = []
    for _ in range(draw(_TIMES)):
        name = parameter
        if draw(_one_in(10)):
            name = draw(st.sampled_from((name.upper(), f"{name}[]", f" {name}", f"{name}\0")))
        key = _escaped(draw, name) if draw(_one_in(10)) else quote(name)
        found.append(key if draw(_one_in(20)) else f"{key}={_escaped(draw, draw(_values(scenario, parameter)))}")
    return found


def _query(draw: st.DrawFn, name: str) -> str:
    parameters = [one.name for one in scenarios[name].parameters if one.where == "query"]
    pairs = [one for parameter in parameters for one in _pairs(draw, name, parameter)]
    if draw(_one_in(5)):
        pairs.append(draw(st.sampled_from(hostile.PAIRS)))
    if draw(_one_in(60)):
        pairs += draw(st.sampled_from(hostile.MANY_PAIRS))
    separator: str = draw(st.sampled_from(("&",) * 9 + ("&&", ";")))
    return separator.join(draw(st.permutations(pairs)) if len(pairs) > 1 else pairs)


def _path(draw: st.DrawFn, name: str) -> str:
    path = scenarios[name].path
    for parameter in scenarios[name].parameters:
        if parameter.where == "path":
            path = path.replace(f"{{{parameter.name}}}", _escaped(draw, draw(_values(name, parameter.name))))
    how = draw(st.integers(0, 14))
    if how == 0:
        return path + draw(st.sampled_from(hostile.ENDS))
    if how == 1:
        return draw(st.sampled_from(hostile.PATHS))
    if how == 2 and "%" not in path:
        return "".join(f"%{ord(one):02x}" if one.isalpha() and draw(st.booleans()) else one for one in path)
    return path


# --- bodies


def _addresses(dataset: Dataset) -> st.SearchStrategy[str]:
    usual = st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)
    local, domain = st.sampled_from(hostile.LOCAL_PARTS), st.sampled_from(hostile.DOMAINS)
    whole = st.one_of(
        st.builds("{}@{}".format, usual, st.just(CREATED_DOMAIN)),
        st.builds("{}@{}".format, usual, domain),
        st.builds("{}@{}".format, local, st.just(CREATED_DOMAIN)),
        st.builds("{}@{}".format, local, domain),
    )
    taken = st.sampled_from([rows(dataset).user(one).email for one in (1, 7, dataset.count)])
    around = st.builds(lambda text, address: text.format(address), st.sampled_from(hostile.AROUND), whole)
    return _mostly(whole, taken, around, texts())


def _names() -> st.SearchStrategy[str]:
    long = st.builds(lambda sign, length: sign * length, st.sampled_from("xé👍 "), st.sampled_from((149, 150, 151)))
    around = st.builds("{}{}{}".format, texts(2), st.just("Grace"), texts(2))
    return st.one_of(st.just("Grace"), texts(), long, around)


def _junk() -> st.SearchStrategy[Any]:
    special = st.sampled_from((2**70, 10**400, "\ud800", "a\udfffb", [["a"]], {"name": "a"}, {}))
    return st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.integers(), max_size=2), special)


@cache
def _bodies(dataset: Dataset, scenario: str) -> st.SearchStrategy[bytes]:
    known: Mapping[str, st.SearchStrategy[Any]] = {"name": _names(), "email": _addresses(dataset)}
    fields = (scenarios[scenario].body or {"properties": {}})["properties"]
    required = {field: _mostly(known[field], _junk()) for field in fields}
    extra = {"id": _junk(), "is_staff": st.just(True), "Name": texts(), "": _junk(), "password": texts()}
    objects = _mostly(
        st.fixed_dictionaries(required),
        st.fixed_dictionaries(required, optional=extra),
        st.fixed_dictionaries({}, optional={**required, **extra}),
    )
    once = st.builds(_dumped, objects, st.booleans())
    repeated = st.builds(lambda one, other: one[:-1] + b"," + other[1:], once, once).filter(
        lambda body: b"{," not in body
    )
    dumped = _weighted((8, once), (1, repeated), (1, once.map(_escaped_text)), (1, _nested(once)))
    others = st.one_of(_junk(), texts(), st.lists(objects, max_size=1)).map(lambda value: _dumped(value, True))
    return _mostly(dumped, others, dumped.flatmap(_spoiled), st.sampled_from(hostile.BODIES))


def _dumped(value: object, ascii_alone: bool) -> bytes:
    """Surrogates stay as they are otherwise, which is no UTF-8."""
    return json.dumps(value, ensure_ascii=ascii_alone).encode("utf-8", "surrogatepass")


_STRINGS: Final = re.compile(rb'"(?:[^"\\\\]|\\\\.)*"', re.DOTALL)


def _escaped_text(body: bytes) -> bytes:
    """With every small letter in its keys and values as an escape."""

    def escaped(found: re.Match[bytes]) -> bytes:
        parts = re.split(rb"(\\\\.)", found[0])
        return b"".join(
            part if part[:1] == b"\\" else re.sub(rb"[g-z@]", lambda one: b"\\u%04x" % ord(one[0]), part)
            for part in parts
        )

    return _STRINGS.sub(escaped, body)


def _nested(bodies: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """With a field that nobody asks for, of arrays or objects in each other."""

    def nested(body: bytes, depth: int, pair: tuple[bytes, bytes]) -> bytes:
        field = b'"x": ' + pair[0] * depth + b"1" + pair[1] * depth
        return b"{" + field + (b"" if body == b"{}" else b", ") + body[1:]

    return st.builds(nested, bodies, st.sampled_from(hostile.DEPTHS), st.sampled_from(((b"[", b"]"), (b'{"a":', b"}"))))


@st.composite
def _spoiled(draw: st.DrawFn, body: bytes) -> bytes:
    """Other encodings, and a few bytes more, less or different."""
    how = draw(st.integers(0, 9))
    if how < 5:
        encoding = draw(st.sampled_from(hostile.ENCODINGS))
        return body.decode("utf-8", "replace").encode(encoding, "replace")
    if how == 5:
        return draw(st.sampled_from(hostile.BEFORE)) + body
    if how == 6:
        return body + draw(st.sampled_from(hostile.AFTER))
    at = draw(st.integers(0, len(body)))
    if how == 7:
        return body[:at]
    return body[:at] + draw(st.binary(min_size=1, max_size=2)) + body[at + draw(st.integers(0, 1)) :]


# --- headers


def _headers(draw: st.DrawFn, dataset: Dataset, scenario: Scenario) -> tuple[tuple[str, str], ...]:
    rare = _one_in(10)
    found = [("Host", f"127.0.0.1:{PORT}")]
    if draw(rare):
        found = [("Host", host) for host in draw(st.lists(st.sampled_from(hostile.HOSTS), max_size=2))]
    if scenario.body is not None or draw(rare):
        found += [("Content-Type", one) for one in draw(_repeated("application/json", hostile.TYPES))]
    if scenario.token or draw(rare):
        token = str(rows(dataset).user(draw(st.integers(1, 3))).token)
        found += [("Authorization", one.format(token)) for one in draw(_repeated("Token {}", hostile.CREDENTIALS))]
    if draw(_one_in(4)):
        found += [("Accept", one) for one in draw(st.lists(st.sampled_from(hostile.ACCEPTS), min_size=1, max_size=2))]
    if draw(rare):
        found += draw(st.lists(st.sampled_from(hostile.HEADERS), min_size=1, max_size=3))
    if draw(rare):
        found = [(name.lower() if draw(st.booleans()) else name.upper(), value) for name, value in found]
    return tuple(draw(st.permutations(found)) if draw(rare) else found)


@cache
def _repeated(usual: str, others: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """Mostly once, and sometimes not at all or twice."""
    one = st.one_of(st.just(usual), st.sampled_from(others))
    return _mostly(one.map(lambda value: [value]), st.just([]), st.lists(one, min_size=2, max_size=2))


# --- requests


@st.composite
def requests(draw: st.DrawFn, dataset: Dataset, names: Collection[str]) -> RawRequest:
    """Any request of these scenarios, and near it."""
    name = draw(st.sampled_from(sorted(names)))
    scenario = scenarios[name]
    method = draw(st.sampled_from((scenario.method,) * 12 + METHODS))
    target = _path(draw, name)
    if any(one.where == "query" for one in scenario.parameters) or draw(_one_in(10)):
        query = _query(draw, name)
        target += f"?{query}" if query else ""
    body = None
    if (scenario.body is not None and not draw(_one_in(12))) or draw(_one_in(25)):
        body = draw(_bodies(dataset, name))
    return RawRequest(
        method=method,
        target=target,
        headers=_headers(draw, dataset, scenario),
        body=body,
        framing="length" if body is None else draw(_FRAMINGS),
        version="1.0" if draw(_one_in(25)) else "1.1",
        absolute=draw(_one_in(25)),
        flaw=draw(st.sampled_from(sorted(FLAWS))) if draw(_one_in(20)) else None,
    )


_FRAMINGS: Final = _weighted(
    (14, st.just("length")), (4, st.sampled_from(sorted(FRAMINGS))), (2, st.sampled_from(sorted(MISFRAMINGS)))
)


def is_dear(request: RawRequest) -> bool:
    """Whether its answer takes long, and says no more than a quick one."""
    asked = parse_qs(request.target.partition("?")[2], keep_blank_values=True).get("delay_ms", ["0"])[-1]
    return asked.isdecimal() and len(asked) <= MAX_DIGITS and _MOST_DELAY_MS < int(asked) <= 10_000
