"""Assigns a sampled call stack to a layer. The innermost frame with a known file decides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

SERVER: Final = "server"
HANDLER: Final = "handler"
HOPS: Final = "thread hops"
MIDDLEWARE: Final = "middleware"
ROUTING: Final = "routing"
VIEW: Final = "view and framework"
VALIDATION: Final = "validation"
ORM: Final = "ORM"
DRIVER: Final = "database driver"
CACHE: Final = "cache"
UPSTREAM: Final = "upstream client"
SERIALISATION: Final = "serialisation"
RENDERING: Final = "rendering"

LAYERS: Final = (
    SERVER,
    HANDLER,
    HOPS,
    MIDDLEWARE,
    ROUTING,
    VIEW,
    VALIDATION,
    ORM,
    DRIVER,
    CACHE,
    UPSTREAM,
    SERIALISATION,
    RENDERING,
)
"""From the outside in, in the order in which a request passes them."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The frames of `layer`: their file matches `file`, and their function matches `function` (regular expressions)."""

    layer: str
    file: re.Pattern[str]
    function: re.Pattern[str] | None = None

    def fits(self, file: str, function: str) -> bool:
        """Whether a frame matches."""
        return bool(self.file.search(file)) and (self.function is None or bool(self.function.fullmatch(function)))


def _rule(layer: str, *files: str, function: str | None = None) -> Rule:
    pattern = re.compile("|".join(files))
    return Rule(layer=layer, file=pattern, function=re.compile(function) if function else None)


_VALIDATING: Final = r"is_valid|run_validation|run_validators|to_internal_value|validate.*|_read_only_defaults"

RULES: Final = (
    _rule(HOPS, r"/asgiref/", r"concurrent/futures/", r"/anyio/"),
    _rule(RENDERING, r"pydantic/", function="dump_json|model_dump_json|model_dump"),
    _rule(RENDERING, r"fastapi/routing", function="serialize_response|_serialize.*"),
    _rule(
        RENDERING,
        r"rest_framework/(renderers|response|utils/encoders|utils/json)",
        r"/json/(encoder|__init__)",
        r"ninja/(renderers|responses)",
        r"django/core/serializers/json",
        r"levers/orjson_rendering",
        r"django/template/response",
        r"levers/lean_ninja/(responses|answers)",
    ),
    _rule(VALIDATION, r"rest_framework/(serializers|fields|validators)", function=_VALIDATING),
    _rule(
        VALIDATION, r"/pydantic", r"ninja/(params|signature|parser)", r"email_validator", r"levers/lean_ninja/(par|qu)"
    ),
    _rule(
        SERIALISATION,
        r"rest_framework/(serializers|fields|relations|utils/serializer_helpers|utils/field_mapping)",
        r"adrf/(serializers|fields|relations)",
        r"ninja/schema",
        r"levers/compiled_serializers",
        r"levers/lean_ninja/(instances|shapes|leaves|plan|memo)",
    ),
    _rule(
        DRIVER,
        r"django/db/(backends|utils|transaction)",
        r"/psycopg",
        r"/asyncpg/",
        r"sqlalchemy/(connectors|dialects|pool)/",
        r"levers/native_async",
    ),
    _rule(
        ORM,
        r"django/db/",
        r"/sqlalchemy/",
        r"/users/(querysets|models|managers)",
        r"levers/(_orm|compiled_queries|compiled_writes)",
    ),
    _rule(CACHE, r"django/core/cache", r"/django_redis/", r"/redis/", r"levers/cached_bytes", r"users/generation"),
    _rule(
        UPSTREAM,
        r"/aiohttp/",
        r"/urllib3/",
        r"http/client",
        r"perfcompare/work/upstream",
        r"/yarl/",
    ),
    _rule(
        MIDDLEWARE,
        r"django/middleware",
        r"django/utils/deprecation",
        r"django/contrib/(sessions|messages|auth/middleware)",
        r"levers/\w*middleware",
        r"starlette/middleware",
        r"contract/fastapi/hosts",
        r"fastapi/(middleware|telemetry|_body_limit)",
    ),
    _rule(ROUTING, r"django/urls", r"starlette/routing", r"levers/_handling/resolving"),
    _rule(
        VIEW,
        r"rest_framework/",
        r"/adrf/",
        r"/ninja/",
        r"/django_filters/",
        r"/fastapi/(routing|dependencies)",
        r"perfcompare/(stacks|contract)/(?!.*(body_limit|content_type))",
        r"django/views",
        r"levers/lean_(drf|ninja|filters)",
        r"levers/token_cache",
    ),
    _rule(
        HANDLER,
        r"django/(core/handlers|http|dispatch|core/signals|core/asgi|core/wsgi)",
        r"levers/(lean_|_handling)",
        r"(contract|core)/(body_limit|content_type)",
        r"/starlette/",
        r"/fastapi/",
    ),
    _rule(SERVER, r"/uvicorn/", r"/gunicorn/", r"/granian/", r"anatomy/driver", r"core/calling"),
)
"""The first match decides. A frame without a match, such as one of the standard library, belongs to its caller."""

_FRAME: Final = re.compile(r"(?P<function>.*) \((?P<file>[^()]*)\)")


def layer_of(frames: Sequence[str]) -> str:
    """The layer of one stack, outermost frame first, each as `function (file)`. SERVER when no frame matches."""
    for frame in reversed(frames):
        match = _FRAME.fullmatch(frame)
        if match is None:
            continue
        for rule in RULES:
            if rule.fits(match["file"], match["function"]):
                return rule.layer
    return SERVER


def shares(collapsed: Iterable[str]) -> dict[str, float]:
    """The share of each layer in samples, one stack a line: `frame;frame;frame number`. Empty without samples."""
    found: Counter[str] = Counter()
    for line in collapsed:
        stack, _, number = line.rpartition(" ")
        if number.isdecimal():
            found[layer_of(stack.split(";"))] += int(number)
    total = sum(found.values())
    return {layer: found[layer] / total for layer in LAYERS if found[layer]}
