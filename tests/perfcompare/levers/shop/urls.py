"""Views by name, and what cannot be imported is in `broken`."""

from __future__ import annotations

from django.urls import path

from tests.perfcompare.levers.shop import api

urlpatterns = [
    path("quick", api.Quick.as_view()),
    path("keyed", api.Keyed.as_view()),
    path("owned", api.Owned.as_view()),
    path("throttled", api.Throttled.as_view()),
    path("authors", api.Authors.as_view()),
    path("ninja/", api.api.urls),
]
