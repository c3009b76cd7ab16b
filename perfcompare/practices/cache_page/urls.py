"""The paths of the stack `drf`, those of lists and rows behind `cache_page`."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.cache import cache_page

from perfcompare.core.limits import CACHE_SECONDS
from perfcompare.stacks.drf import urls, views

_kept = cache_page(CACHE_SECONDS)

urlpatterns = [
    path("users", _kept(views.UserListView.as_view())),
    path("users/<str:id>", _kept(views.UserDetailView.as_view())),
    path("dashboard", _kept(views.DashboardView.as_view())),
    path("cached-users", _kept(views.CachedUsersView.as_view())),
    *urls.urlpatterns,
]
