"""The paths of this stack, below its prefix."""

from __future__ import annotations

from django.urls import path

from perfcompare.stacks.drf_naive import views

urlpatterns = [
    path("simple", views.SimpleView.as_view()),
    path("users/<str:id>", views.UserDetailView.as_view()),
    path("upstream", views.UpstreamView.as_view()),
]
