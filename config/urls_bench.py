"""The paths of a process that serves one stack."""

from __future__ import annotations

from django.urls import include, path, re_path

from config.settings.bench import STACK_PREFIX, STACK_URLCONF
from perfcompare.contract.pages import error_400, error_404, error_500, health

urlpatterns = [
    path(STACK_PREFIX, include(STACK_URLCONF)),
    path("health", health),
    re_path(r"^api/", error_404),
]
handler400, handler404, handler500 = error_400, error_404, error_500
