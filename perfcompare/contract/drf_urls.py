"""The paths of the DRF stacks, synchronous and asynchronous alike."""

from __future__ import annotations

from types import ModuleType

from django.urls import URLPattern, path


def urls(views: ModuleType) -> list[URLPattern]:
    """The URL patterns of a stack. Its module `views` uses the same names as the other DRF stack."""
    return [
        path("simple", views.SimpleView.as_view()),
        path("users", views.UserListView.as_view()),
        path("users/<str:id>", views.UserDetailView.as_view()),
        path("items", views.ItemsView.as_view()),
        path("protected", views.ProtectedView.as_view()),
        path("dashboard", views.DashboardView.as_view()),
        path("expensive", views.ExpensiveView.as_view()),
        path("cached-users", views.CachedUsersView.as_view()),
        path("upstream", views.UpstreamView.as_view()),
    ]
