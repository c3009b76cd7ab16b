"""What is no WebSocket."""

from __future__ import annotations

from django.urls import path

from perfcompare.contract.pages import health

urlpatterns = [path("health", health)]
