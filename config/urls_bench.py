"""The paths of a process that serves one stack."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path, re_path

from perfcompare.contract.pages import error_400, error_404, error_500, health

urlpatterns = [
    path(f"api/{settings.STACK_NAME}/", include(settings.STACK_URLCONF)),
    path("health", health),
    re_path(r"^api/", error_404),
]
handler400, handler404, handler500 = error_400, error_404, error_500
