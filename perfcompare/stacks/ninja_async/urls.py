"""The paths of this stack, below its prefix."""

from __future__ import annotations

from django.urls import path

from perfcompare.stacks.ninja_async.api import api

urlpatterns = [path("", api.urls)]
