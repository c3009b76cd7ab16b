"""The contract as a function: which replies to any request are right (docs/contract.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NoReturn
from urllib.parse import parse_qs, unquote_to_bytes

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected, Reply
from perfcompare.core.limits import MAX_BODY_BYTES, MAX_DIGITS
from perfcompare.core.scenario import Parameter, Scenario, Schema
from perfcompare.registries import scenarios, stacks
from perfcompare.targets.demonstration import differences
from tests.contract.fuzzing.wire import RawRequest

Right = Sequence[Expected]
"""Each of them is right. Where the contract leaves an answer to the server, nothing is listed, and only a 5xx is
wrong."""

LONG_TARGET: Final = 4000
"""Bytes. With method and prefix it comes near the 4,094 that gunicorn takes."""
MOST_FIELDS: Final = 1000
"""Django refuses a query string of more."""
DEEP: Final = 500
"""Arrays and objects in each other that every stack reads."""
TOO_DEEP: Final = 100_000
"""So many no stack reads."""
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_HOST: Final = re.compile(r"(127\.0\.0\.1|localhost)\.?(:[0-9]+)?", re.IGNORECASE)
_NUMBER: Final = re.compile(rf"[0-9]{{1,{MAX_DIGITS}}}")
_TOKEN: Final = re.compile(r"token( +)(\S+)", re.IGNORECASE)
_OF_SERVERS: Final = frozenset({501, 505})
"""What a server says to a transfer coding or a version that it does not know."""
_OWN_METHODS: Final = frozenset({"HEAD", "OPTIONS"})
"""What frameworks answer in their own ways."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """The contract with the rows of one dataset."""

    dataset: Dataset

    def right(self, request: RawRequest) -> Right:
        """The right replies."""
        if not request.allowed:
            return []
        found: list[Expected] = []
        if len(request.body or b"") > MAX_BODY_BYTES:
            found.append(Expected(status=413))
        if not _is_known_host(request):
            found.append(Expected(status=400))
        right = found
        if not found or not request.values("host"):  # without one, Django takes the server's own name
            routed = self._routed(request)
            right = [*found, *routed] if routed else []
        if right and request.target.partition("?")[2].count("&") >= MOST_FIELDS:
            return [*right, Expected(status=400)]
        return right

    def _routed(self, request: RawRequest) -> Right:
        target, _, query = request.target.partition("?")
        query = query.partition("#")[0]  # a fragment, which every server leaves out
        path = unquote_to_bytes(target).decode(errors="replace")
        found = next((one for one in _routes() if one.matches(path)), None)
        if found is None:
            return [Expected(status=404)]
        method = "GET" if request.method in _OWN_METHODS else request.method
        scenario = found.scenarios.get(method)
        refused = Expected(status=405, headers={"allow": ", ".join(sorted(found.scenarios))})
        if scenario is None:
            return [refused, *_unauthorized(request, found)]
        given = _Given(request=request, path=found.values(path), query=query)
        if request.method == "OPTIONS":
            return [refused, Expected(status=200, headers=refused.headers), *_unauthorized(request, found)]
        right = self._answered(scenario, given)
        return [refused, *right] if request.method == "HEAD" else right

    def _answered(self, scenario: Scenario, given: _Given) -> Right:
        errors: dict[str, None] = {}
        values: dict[str, Any] = {"token": _token(given.request)}
        if scenario.token:
            refused = scenario.answer(self.dataset, values)
            if refused.status >= 400:
                return [refused]
        for parameter in scenario.parameters:
            try:
                values[parameter.name] = given.value(parameter)
            except ValueError:
                errors[parameter.name] = None
        if scenario.body is not None:
            if len(given.request.values("content-type")) > 1:
                return []  # servers refuse it, join the values, or take the last one
            if DEEP < _depth(given.request.body or b"") < TOO_DEEP:
                return []  # it depends on the stack, and on Python
            unreadable = list(_unreadable(given.request))
            if unreadable:
                return unreadable
            body = _read(given.request.body or b"")
            if not isinstance(body, dict):
                return [_invalid(["body"])]
            for name, schema in scenario.body["properties"].items():
                values[name] = body.get(name)
                if not _is_valid_text(values[name], schema):
                    errors[name] = None
        right = [_invalid(errors)] if errors else [scenario.answer(self.dataset, values)]
        if {*errors} == {"name"} and self._is_taken(values["email"]):
            right.append(_invalid(["name", "email"]))  # a stack may ask the database before it answers
        return right

    def is_of(self, kind: differences.Kind, request: RawRequest) -> bool:
        """Whether the request is of that kind."""
        match kind:
            case "an invalid token that is not needed":
                known = scenarios["protected"].answer(self.dataset, {"token": _token(request)}).status == 200
                return bool(request.values("authorization")) and not known
            case "a header beyond ASCII":
                return not all(value.isascii() for value in request.values("content-type"))
            case "a tab behind a header":
                return any(value.endswith("\t") for _, value in request.headers)
            case "a body beyond RFC 8259":
                return _is_beyond(request.body or b"")
            case "credentials with other white space":
                return any(set(value) & set("\t\v\f") for value in request.values("authorization"))
            case "a repeated header":
                return any(len(request.values(name)) > 1 for name in ("host", "content-type"))
            case "a line break after the path":
                return unquote_to_bytes(request.target.partition("?")[0]).endswith(b"\n")
            case "a long target":
                return len(request.target) > LONG_TARGET

    def _is_taken(self, email: str) -> bool:
        answer = scenarios["user_create"].answer(self.dataset, {"name": "x", "email": email})
        return answer.status == 422


@dataclass(frozen=True, kw_only=True)
class _Route:
    """One path of the contract, with the scenario of each of its methods."""

    pattern: re.Pattern[str]
    names: frozenset[str]
    scenarios: Mapping[str, Scenario]

    def matches(self, path: str) -> bool:
        return self.pattern.fullmatch(path) is not None

    def values(self, path: str) -> Mapping[str, str]:
        found = self.pattern.fullmatch(path)
        return found.groupdict() if found else {}


@dataclass(frozen=True, kw_only=True)
class _Given:
    """The inputs of a request."""

    request: RawRequest
    path: Mapping[str, str]
    query: str

    def value(self, parameter: Parameter) -> Any:
        """ValueError for an invalid one. The last of repeated values counts, unless they are a list."""
        schema = parameter.schema
        texts = parse_qs(self.query, keep_blank_values=True).get(parameter.name, [])
        if parameter.where == "path":
            return _integer(self.path[parameter.name], schema)
        if not texts:
            return schema["default"]
        if schema["type"] != "array":
            return _integer(texts[-1], schema)
        if len(texts) > schema["maxItems"] or not all(_is_valid_text(text, schema["items"]) for text in texts):
            raise ValueError(texts)
        return texts


@cache
def _routes() -> Sequence[_Route]:
    names: dict[str, set[str]] = {}
    for name in sorted(ENDPOINTS):
        names.setdefault(scenarios[name].path, set()).add(name)
    return [_route(path, frozenset(found)) for path, found in names.items()]


def _route(path: str, names: frozenset[str]) -> _Route:
    of_methods = {scenarios[name].method: scenarios[name] for name in sorted(names)}
    return _Route(pattern=_pattern(path), names=names, scenarios=of_methods)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)), re.DOTALL)


def offers(stack: str, request: RawRequest) -> bool:
    """Whether the contract says what `stack` answers: it may offer a part of the scenarios, without reading bodies."""
    path = unquote_to_bytes(request.target.partition("?")[0]).decode(errors="replace")
    wanted = {name for route in _routes() if route.matches(path) for name in route.names}
    return stacks[stack].scenarios >= ENDPOINTS or (wanted <= stacks[stack].scenarios and request.body is None)


def _is_known_host(request: RawRequest) -> bool:
    hosts = request.values("host")
    return len(hosts) == 1 and _HOST.fullmatch(hosts[0].replace("{port}", "80")) is not None


def _token(request: RawRequest) -> str | None:
    values = request.values("authorization")
    found = _TOKEN.fullmatch(values[0]) if len(values) == 1 else None
    return found[2] if found else None


def _unauthorized(request: RawRequest, route: _Route) -> Right:
    """Who asks with a wrong method may be asked for a token first."""
    if not any(scenario.token for scenario in route.scenarios.values()):
        return []
    return [Expected(status=401, headers={"www-authenticate": "Token"})]


def _integer(text: str, schema: Schema) -> int:
    if not _NUMBER.fullmatch(text) or not schema["minimum"] <= int(text) <= schema["maximum"]:
        raise ValueError(text)
    return int(text)


def _is_valid_text(value: object, schema: Schema) -> bool:
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        return False
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return False
    return re.fullmatch(schema["pattern"], value) is not None


def _unreadable(request: RawRequest) -> Iterator[Expected]:
    """Why a body is not read; where there are several reasons, each is right."""
    content_type = "".join(request.values("content-type"))
    if content_type.partition(";")[0].strip(" \t").lower() != "application/json":
        yield Expected(status=415)
    try:
        _read(request.body or b"")
    except ValueError:
        yield Expected(status=400)


def _read(body: bytes) -> Any:
    """ValueError for what is no JSON, or too deep for every stack."""
    if _depth(body) > DEEP:
        raise ValueError(body)
    return json.loads(body.decode())


def _is_beyond(body: bytes) -> bool:
    """Whether it is JSON for Python alone: with NaN, numbers that no float holds, or halves of surrogate pairs."""

    def refused(text: str) -> NoReturn:
        raise OverflowError(text)

    def finite(text: str) -> float:
        return float(text) if abs(float(text)) < float("inf") else refused(text)

    try:
        found = json.loads(body, parse_constant=refused, parse_float=finite, parse_int=finite, object_pairs_hook=list)
        json.dumps(found, ensure_ascii=False).encode()
    except (OverflowError, UnicodeEncodeError):
        return True
    except (ValueError, RecursionError):
        return False
    return False


def _depth(body: bytes) -> int:
    """How many arrays and objects are in each other at most."""
    depth = deepest = 0
    for sign in re.findall(rb"[\[{}\]]", _STRING.sub(b"", body)):
        depth += 1 if sign in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _invalid(fields: Any) -> Expected:
    return Expected(status=422, fields=frozenset(fields))


def wrong(request: RawRequest, right: Right, reply: Reply) -> str | None:
    """What is wrong with `reply` in a sentence."""
    if not right:
        failed = reply.status >= 500 and (request.allowed or reply.status not in _OF_SERVERS)
        return f"status {reply.status}" if failed else None
    if request.method == "HEAD":
        return _wrong_head(right, reply)
    found = [one.difference(reply) for one in right]
    if all(found):
        return found[-1]
    return _wrong_headers(reply)


def _wrong_head(right: Right, reply: Reply) -> str | None:
    if reply.body:
        return "HEAD is answered with a body"
    statuses = {one.status for one in right}
    return None if reply.status in statuses else f"status {reply.status} to HEAD instead of one of {statuses}"


def _wrong_headers(reply: Reply) -> str | None:
    media_type = reply.headers.get("content-type", "").partition(";")[0]
    if media_type != "application/json":
        return f"content type {media_type!r}"
    for name, status in _NEEDED.items():
        if (name in reply.headers) != (reply.status == status):
            return f"header {name}: {reply.headers.get(name)!r} with status {reply.status}"
    return f"a redirection to {reply.headers['location']}" if "location" in reply.headers else None


_NEEDED: Final[Mapping[str, int]] = {"www-authenticate": 401, "retry-after": 429}
