"""The interactive documentation. Only the development server mounts it."""

from __future__ import annotations

from django.urls import path
from dmr.openapi import OpenAPIConfig, build_schema
from dmr.openapi.views import SwaggerView
from dmr.routing import Router

from perfcompare.stacks.modern_rest.urls import urlpatterns as described

schema = build_schema(
    Router("api/modern_rest/", urls=described),
    config=OpenAPIConfig(title="Users with django-modern-rest", version="1"),
)
urlpatterns = [path("docs", SwaggerView.as_view(schema))]
