"""Where profiled requests spent their time."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from perfcompare.admin.base import ReadOnlyAdmin
from perfcompare.models import Profile


@admin.register(Profile)
class ProfileAdmin(ReadOnlyAdmin):
    """Profiles, with links to their pages. Those pages can clear all of them."""

    list_display = (
        "id",
        "scenario",
        "stack",
        "server",
        "requests",
        "plain_ms",
        "silk_ms",
        "flame_ms",
        "made_at",
        "page",
    )
    list_filter = ("scenario", "stack", "server")
    search_fields = ("scenario", "stack", "server")
    date_hierarchy = "made_at"
    exclude = ("frames", "statements", "silk_requests")
    readonly_fields = ("page",)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """False: silk's records of them would stay behind."""
        return False

    @admin.display
    def page(self, profile: Profile) -> SafeString:
        """A link to the SQL and the flame graph."""
        return format_html('<a href="{}">SQL and profile</a>', profile.get_absolute_url())
