"""How the DRF stacks read requests where DRF's own classes are more lenient than the contract.

Settings name classes of this module, and rest_framework.views imports them. Therefore this module must not import that
one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, Any, Final

from django.db import models
from django.utils.http import parse_header_parameters
from rest_framework import pagination, parsers, serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from perfcompare.core.limits import DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET

_DECIMAL: Final = re.compile(r"-?[0-9]+")


class JSONParser(parsers.JSONParser):
    """Like DRF's parser, but with a 400 for very deep nesting (DRF: 500), and without accepting the type `*/*` as
    JSON."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The JSON value in `stream`. Raises ParseError for malformed JSON, and UnsupportedMediaType for other
        types."""
        if parse_header_parameters(media_type or "")[0] != self.media_type:
            raise UnsupportedMediaType(media_type or "")
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("JSON parse error - the values are nested too deeply") from error


class IntegerField(serializers.IntegerField):
    """An integer in decimal digits. DRF's own field also accepts `1.0`, `1_000` and ` 1 `."""

    def to_internal_value(self, data: Any) -> int:
        """The integer value of `data`."""
        if not _DECIMAL.fullmatch(str(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """A JSON string. DRF's own field converts numbers to strings."""

    def to_internal_value(self, data: Any) -> str:
        """The text, trimmed unless the field says otherwise."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class EmailField(TextField, serializers.EmailField):
    """An e-mail address in a JSON string."""


STRICT_FIELDS: Final = {
    **serializers.ModelSerializer.serializer_field_mapping,
    models.CharField: TextField,
    models.EmailField: EmailField,
}
"""For `serializer_field_mapping` of a ModelSerializer that accepts text only as JSON strings."""


class _PageQuery(serializers.Serializer[Any]):
    limit = IntegerField(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)
    offset = IntegerField(min_value=0, max_value=MAX_OFFSET, default=0)


class LimitOffsetPagination(pagination.LimitOffsetPagination):
    """Paging by `limit` and `offset`. It refuses invalid values, where DRF uses defaults, and answers without links."""

    max_limit = MAX_LIMIT

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """The rows of the page that `request` names. Raises ValidationError for an invalid page."""
        _PageQuery(data=request.query_params.dict()).is_valid(raise_exception=True)
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        """The page's envelope."""
        return Response({"count": self.count, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The JSON schema of the envelope around the `schema` of the results."""
        properties = {"count": {"type": "integer"}, "results": schema}
        return {"type": "object", "required": ["count", "results"], "properties": properties}
