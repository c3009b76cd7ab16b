"""The project's OpenAPI: its operations, with an example of each body."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from django.apps import apps
from django.urls import URLResolver, get_resolver

from perfcompare.project.initial import urlconf
from perfcompare.project.initial.candidate import Candidate

_FILE: Final = "example.txt"
"""The name and the content of an uploaded file."""
_BOUNDARY: Final = "perfcompare"
_EXAMPLES: Final[Mapping[str, object]] = {"integer": 1, "number": 1.0, "boolean": True, "string": "text"}
_FORMATS: Final[Mapping[str, str]] = {
    "date": "2026-01-31", "date-time": "2026-01-31T12:00:00Z", "email": "a@example.com", "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000", "decimal": "1.00", "binary": _FILE,
}  # fmt: skip


def operations() -> Sequence[Candidate]:
    """Those of drf-spectacular and of every NinjaAPI; none without them."""
    return [one for document in _documents() for one in _of(document)]


def joined(offered: Sequence[Candidate], described: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates, those without a body with that of the OpenAPI."""
    known = {(one.method, one.shape): one for one in described}
    found = ((one, known.get((one.method, one.shape), one)) for one in offered)
    return [one if one.body else replace(one, body=more.body, content_type=more.content_type) for one, more in found]


def _documents() -> Iterator[Mapping[str, Any]]:
    if apps.is_installed("drf_spectacular"):
        generator = importlib.import_module("drf_spectacular.generators").SchemaGenerator
        # Without a version, what has versions is not described.
        known: Sequence[str | None] = [*urlconf.versions(), *urlconf.namespaces()]
        # In a component for both directions, a file is the address that answers have.
        with importlib.import_module("drf_spectacular.settings").patched_settings({"COMPONENT_SPLIT_REQUEST": True}):
            for version in known or [None]:
                yield generator(api_version=version).get_schema(request=None, public=True)
    apis = {id(api): api for api in _ninja(get_resolver())}
    for api in apis.values():
        yield api.get_openapi_schema()


def _ninja(resolver: URLResolver) -> Iterator[Any]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _ninja(entry)
        else:
            yield from (one.api for one in urlconf.operations(entry.callback))


def _of(document: Mapping[str, Any]) -> Iterator[Candidate]:
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            if method not in {"get", "post", "put", "patch", "delete"}:
                continue
            content = operation.get("requestBody", {}).get("content", {})
            kind = next((one for one in _WRITERS if one in content), "")
            body, content_type = _WRITERS[kind](_body(content[kind], document)) if kind else ("", "")
            yield Candidate(method=method.upper(), template=path, body=body, content_type=content_type)


def _body(media: Mapping[str, Any], document: Mapping[str, Any]) -> object:
    if "example" in media:
        return media["example"]
    for example in media.get("examples", {}).values():
        return example.get("value")
    return _example(media.get("schema", {}), document, 0)


def _in_json(value: object) -> tuple[str, str]:
    return json.dumps(value, indent=2, ensure_ascii=False), "application/json"


def _as_form(value: object) -> tuple[str, str]:
    return urlencode(value if isinstance(value, dict) else {}, doseq=True), "application/x-www-form-urlencoded"


def _in_parts(value: object) -> tuple[str, str]:
    """A form with files. RFC 7578 ends its lines with CRLF."""
    lines = []
    for name, content in (value if isinstance(value, dict) else {}).items():
        for one in content if isinstance(content, list) else [content]:
            file = f'; filename="{_FILE}"' if one == _FILE else ""
            lines += [f"--{_BOUNDARY}", f'Content-Disposition: form-data; name="{name}"{file}', "", str(one)]
    return "\r\n".join([*lines, f"--{_BOUNDARY}--", ""]), f"multipart/form-data; boundary={_BOUNDARY}"


_WRITERS: Final[Mapping[str, Callable[[object], tuple[str, str]]]] = {
    "application/json": _in_json,
    "multipart/form-data": _in_parts,
    "application/x-www-form-urlencoded": _as_form,
}
"""For each type of bodies, the first one preferred: an example as text, and its Content-Type."""


def _example(schema: Mapping[str, Any], document: Mapping[str, Any], depth: int) -> object:
    if depth > 8:
        return None
    if "$ref" in schema:
        found: Any = document
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[step]
        return _example(found, document, depth + 1)
    for key in ("example", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("allOf", "oneOf", "anyOf"):
        if schema.get(key):
            return _example(schema[key][0], document, depth + 1)
    kind = schema.get("type")
    if kind == "array":
        return [_example(schema.get("items", {}), document, depth + 1)]
    if kind == "object" or "properties" in schema:
        wanted = schema.get("required") or [*schema.get("properties", {})]
        properties = schema.get("properties", {})
        return {
            name: _example(properties[name], document, depth + 1)
            for name in wanted
            if name in properties and not properties[name].get("readOnly")
        }
    return _FORMATS.get(str(schema.get("format")), _EXAMPLES.get(str(kind)))
