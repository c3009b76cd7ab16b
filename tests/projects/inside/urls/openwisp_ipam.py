"""The package's API, that of its users, and the admin, which its own tests ask for as well."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("openwisp_users.api.urls")),
    path("", include("openwisp_ipam.urls")),
]
