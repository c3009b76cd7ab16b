"""All of them."""

from __future__ import annotations

from django.urls import include, path

from tests.matrix.project import drf, views
from tests.matrix.project.ninja_api import api

urlpatterns = [
    path("hello/", views.hello),
    path("headers/", views.headers),
    path("async/", views.asynchronous),
    path("session/", views.session),
    path("form/", views.form),
    path("failing/", views.failing),
    path("streamed/", views.streamed),
    path("cached/", views.cached),
    path("acached/", views.acached),
    path("rows/", views.rows),
    path("arows/", views.arows),
    path("drf/async-authors/", drf.AsyncAuthors.as_view()),
    path("drf/", include(drf.router.urls)),
    path("ninja/", api.urls),
]
