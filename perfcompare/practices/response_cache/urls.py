"""The paths of the stack `drf`, with the methods of lists and rows behind `cache_response`."""

from __future__ import annotations

from django.urls import path
from rest_framework_extensions.cache.decorators import cache_response
from rest_framework_extensions.key_constructor.bits import KwargsKeyBit, QueryParamsKeyBit
from rest_framework_extensions.key_constructor.constructors import DefaultKeyConstructor

from perfcompare.core.limits import CACHE_SECONDS
from perfcompare.stacks.drf import urls, views


class _Key(DefaultKeyConstructor):  # type: ignore[misc] # drf-extensions publishes no types
    """All that an answer of these views depends on."""

    parameters = QueryParamsKeyBit("*")
    path = KwargsKeyBit("*")


_kept = cache_response(CACHE_SECONDS, key_func=_Key())


class UserListView(views.UserListView):
    """The list of users."""

    get = _kept(views.UserListView.get)


class UserDetailView(views.UserDetailView):
    """One user."""

    get = _kept(views.UserDetailView.get)


class DashboardView(views.DashboardView):
    """The newest users and posts."""

    get = _kept(views.DashboardView.get)


class CachedUsersView(views.CachedUsersView):
    """A page of users."""

    get = _kept(views.CachedUsersView.get)


urlpatterns = [
    path("users", UserListView.as_view()),
    path("users/<str:id>", UserDetailView.as_view()),
    path("dashboard", DashboardView.as_view()),
    path("cached-users", CachedUsersView.as_view()),
    *urls.urlpatterns,
]
