"""The paths of this stack, below its prefix."""

from __future__ import annotations

from dmr.routing import path

from perfcompare.stacks.modern_rest import controllers

urlpatterns = [
    path("simple", controllers.Simple.as_view()),
    path("users", controllers.Users.as_view()),
    path("users/<str:id>", controllers.OneUser.as_view()),
    path("items", controllers.Items.as_view()),
    path("protected", controllers.Protected.as_view()),
    path("dashboard", controllers.Dashboard.as_view()),
    path("expensive", controllers.Expensive.as_view()),
    path("cached-users", controllers.CachedUsers.as_view()),
    path("upstream", controllers.Upstream.as_view()),
]
