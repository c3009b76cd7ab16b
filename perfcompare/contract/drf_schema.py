"""How drf-spectacular reads the DRF stacks' views. It is a module of its own because drf_spectacular.views imports
it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from rest_framework.generics import GenericAPIView


class QuerySchema(AutoSchema):
    """Takes a view's query parameters from its `query_serializer_class`."""

    def get_override_parameters(self) -> list[Any]:
        """The query serializer, when the view has one."""
        query = getattr(self.view, "query_serializer_class", None)
        return [query] if query is not None else []

    def _get_serializer(self) -> Any:
        # A plain APIView has no serializer to infer a schema from. It answers with a JSON object.
        if not isinstance(self.view, GenericAPIView):
            return OpenApiTypes.OBJECT
        return super()._get_serializer()  # type: ignore[no-untyped-call]
