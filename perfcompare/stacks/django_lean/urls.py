"""The paths."""

from __future__ import annotations

from django.urls import path

from perfcompare.stacks.django_lean import views
from perfcompare.stacks.django_lean.endpoints import endpoint

urlpatterns = [
    path("simple", endpoint(GET=views.simple)),
    path("users", endpoint(GET=views.user_list, POST=views.user_create)),
    path("users/<str:id>", endpoint(GET=views.user_detail)),
    path("items", endpoint(GET=views.items)),
    path("protected", endpoint(GET=views.protected)),
    path("dashboard", endpoint(GET=views.dashboard)),
    path("expensive", endpoint(GET=views.expensive_result)),
    path("cached-users", endpoint(GET=views.cached_users)),
    path("upstream", endpoint(GET=views.upstream_answer)),
    path("stream", endpoint(GET=views.stream)),
]
