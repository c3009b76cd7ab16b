"""The paths."""

from __future__ import annotations

from django.urls import path

from perfcompare.stacks.drf import views

urlpatterns = [
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
