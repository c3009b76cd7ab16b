"""The query string, as Ninja's parser makes it of `request.GET`, without the QueryDict."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote_plus

from django.http import HttpRequest
from ninja.parser import Parser

from perfcompare.levers.lean_ninja.request_data import query_string

_parser: Final = Parser()
_MAX_PARAMETERS: Final = 100
"""More of them, and Django's own limit (DATA_UPLOAD_MAX_NUMBER_FIELDS) is asked."""


def query_data(request: HttpRequest, lists: frozenset[str]) -> dict[str, Any]:
    """The parameters by name: a list for each of `lists`, of any other the value that came last."""
    # Who has read GET may have put something else there.
    query = None if "GET" in request.__dict__ or request.encoding else query_string(request)
    if query is None or not query.isascii() or query.count("&") > _MAX_PARAMETERS:
        return _parser.parse_querydict(request.GET, lists, request)  # type: ignore[arg-type]
    return split(query, lists) if query else {}


def split(query: str, lists: frozenset[str]) -> dict[str, Any]:
    """The same of the query string itself, which is ASCII and in UTF-8 once unescaped."""
    data: dict[str, Any] = {}
    is_escaped = "%" in query or "+" in query
    for pair in query.split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        if is_escaped:
            name, value = unquote_plus(name), unquote_plus(value)
        if name in lists:
            data.setdefault(name, []).append(value)
        else:
            data[name] = value
    return data
