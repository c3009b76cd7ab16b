"""How drf-spectacular reads the DRF stacks' views. It is a module of its own because drf_spectacular.views imports
it."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.generics import GenericAPIView

from perfcompare.contract.refusals import described

_OF_BODIES: Final = (413, 415)


class ContractSchema(AutoSchema):
    """Reads a view's query parameters from its `query_serializer_class`, those in its path from `path_parameters`, and
    its errors from `refusals`."""

    def get_override_parameters(self) -> list[Any]:
        """The query serializer and the parameters in the path, when the view has them."""
        query = getattr(self.view, "query_serializer_class", None)
        in_path = getattr(self.view, "path_parameters", {})
        return [
            *([query] if query is not None else []),
            *(OpenApiParameter(name, schema, OpenApiParameter.PATH) for name, schema in in_path.items()),
        ]

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation with its errors, and with 201 for what creates, whatever serializer does it."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        responses = operation["responses"]
        refusals = getattr(self.view, "refusals", ())
        if self.method == "POST":
            responses["201"] = responses.pop("201", None) or responses.pop("200")
            refusals = (*refusals, *_OF_BODIES)
        responses.update({str(status): one for status, one in described(*refusals).items()})
        return operation

    def _get_serializer(self) -> Any:
        # A plain APIView has no serializer to infer a schema from. It answers with a JSON object.
        if not isinstance(self.view, GenericAPIView):
            return OpenApiTypes.OBJECT
        return super()._get_serializer()  # type: ignore[no-untyped-call]
