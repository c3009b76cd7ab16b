"""The paths of this stack, below its prefix."""

from __future__ import annotations

from django.urls import path

from perfcompare.contract.drf_urls import urls
from perfcompare.stacks.drf import views

urlpatterns = [*urls(views), path("stream", views.StreamView.as_view())]
