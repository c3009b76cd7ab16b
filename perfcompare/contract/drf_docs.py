"""The OpenAPI schema and Swagger UI of a DRF stack, for the development server. A timed process never imports this."""

from __future__ import annotations

from django.urls import URLPattern, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView


def documentation(stack: str, title: str) -> list[URLPattern]:
    """The paths `schema` and `docs` of the stack whose paths are in `perfcompare.stacks.<stack>.urls`."""
    patterns = [path(f"api/{stack}/", include(f"perfcompare.stacks.{stack}.urls"))]
    schema = SpectacularAPIView.as_view(
        patterns=patterns, custom_settings={"TITLE": title, "SCHEMA_PATH_PREFIX": f"/api/{stack}/"}
    )
    return [
        path("schema", schema, name=f"{stack}-schema"),
        path("docs", SpectacularSwaggerView.as_view(url_name=f"{stack}-schema"), name=f"{stack}-docs"),
    ]
