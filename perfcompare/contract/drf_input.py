"""How the DRF stacks read requests where DRF's own classes are more lenient than the contract.

Settings name classes of this module, and rest_framework.views imports them. Therefore this module must not import that
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import IO, Any, Final

from django.db import models
from django.utils.http import parse_header_parameters
from rest_framework import negotiation, pagination, parsers, serializers
from rest_framework.exceptions import NotAcceptable, ParseError, UnsupportedMediaType
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from perfcompare.core.limits import DEFAULT_LIMIT, EMAIL, MAX_DIGITS, MAX_LIMIT, MAX_OFFSET, PLAIN_TEXT

_DECIMAL: Final = re.compile(rf"[0-9]{{1,{MAX_DIGITS}}}")
_PLAIN: Final = re.compile(PLAIN_TEXT)
_ADDRESS: Final = re.compile(EMAIL)


class JSONParser(parsers.JSONParser):
    """Like DRF's parser, but always in UTF-8, with a 400 for very deep nesting (DRF: 500), and without accepting the
    type `*/*` as JSON."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The JSON value in `stream`. Raises ParseError for malformed JSON, and UnsupportedMediaType for other
        types."""
        if parse_header_parameters(media_type or "")[0] != self.media_type:
            raise UnsupportedMediaType(media_type or "")
        try:
            return super().parse(stream, media_type, {**(parser_context or {}), "encoding": "utf-8"})
        except RecursionError as error:
            raise ParseError("JSON parse error - the values are nested too deeply") from error


class ContentNegotiation(negotiation.DefaultContentNegotiation):
    """Answers in JSON, where DRF answers 406 to a client that accepts something else."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        """The renderer and its media type."""
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            renderer = next(iter(renderers))
            return renderer, renderer.media_type


class IntegerField(serializers.IntegerField):
    """An integer in decimal digits. DRF's own field also accepts `1.0`, `1_000` and ` 1 `."""

    def to_internal_value(self, data: Any) -> int:
        """The integer value of `data`."""
        text = str(data)
        if not _DECIMAL.fullmatch(text):
            self.fail("invalid")
        return int(text)


class TextField(serializers.CharField):
    """A JSON string without control characters. DRF's own field converts numbers to strings."""

    def to_internal_value(self, data: Any) -> str:
        """The text, trimmed unless the field says otherwise."""
        if not isinstance(data, str) or not _PLAIN.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class EmailField(TextField, serializers.EmailField):
    """An e-mail address in a JSON string. DRF's own field accepts quoted ones too, and domains without mail."""

    def to_internal_value(self, data: Any) -> str:
        """The address."""
        if isinstance(data, str) and not _ADDRESS.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


STRICT_FIELDS: Final = {
    **serializers.ModelSerializer.serializer_field_mapping,
    models.CharField: TextField,
    models.EmailField: EmailField,
}
"""For `serializer_field_mapping` of a ModelSerializer that accepts text only as JSON strings."""


class LimitOffsetQuery(serializers.Serializer[Any]):
    """The bounds of a page."""

    limit = IntegerField(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)
    offset = IntegerField(min_value=0, max_value=MAX_OFFSET, default=0)


class LimitOffsetPagination(pagination.LimitOffsetPagination):
    """Paging by `limit` and `offset`. It refuses invalid values, where DRF uses defaults, and answers without links."""

    max_limit = MAX_LIMIT

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """The rows of the page that `request` names. Raises ValidationError for an invalid page."""
        LimitOffsetQuery(data=request.query_params.dict()).is_valid(raise_exception=True)
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        """The page's envelope."""
        return Response({"count": self.count, "results": data})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The OpenAPI parameters `limit` and `offset`."""
        return [
            _described("limit", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT),
            _described("offset", minimum=0, maximum=MAX_OFFSET, default=0),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The JSON schema of the envelope around the `schema` of the results."""
        properties = {"count": {"type": "integer"}, "results": schema}
        return {"type": "object", "required": ["count", "results"], "properties": properties}


def _described(name: str, **bounds: int) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": {"type": "integer", **bounds}}
