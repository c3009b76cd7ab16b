"""The admin of users and what hangs on them, made for large tables: no needless counts, no long drop-downs."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.http import HttpRequest

from users.models import Address, Post, Profile, User

# Django's admin classes take type arguments in its stubs only, not at run time: hence the ignores below.


class ProfileInline(admin.StackedInline):  # type: ignore[type-arg]
    """The profile on its user's page."""

    model = Profile


class AddressInline(admin.TabularInline):  # type: ignore[type-arg]
    """The addresses on their user's page."""

    model = Address
    extra = 0


@admin.register(User)
class UserAdmin(BaseUserAdmin):  # type: ignore[type-arg]
    """Django's own user admin, with an e-mail address instead of a user name."""

    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "name", "usable_password", "password1", "password2")}),
    )
    inlines = (ProfileInline, AddressInline)
    readonly_fields = ("last_login",)
    list_display = ("id", "name", "email", "is_active", "is_staff", "created_at")
    list_display_links = ("id", "name")
    list_filter = ("is_staff", "is_superuser", "is_active")
    search_fields = ("name", "email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    show_full_result_count = False

    def get_inlines(self, request: HttpRequest, obj: User | None) -> tuple[type[InlineModelAdmin], ...]:  # type: ignore[type-arg]
        """None on the page that adds a user: the page says that more can be filled in afterwards."""
        return () if obj is None else self.inlines


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Profiles, found by their user."""

    list_display = ("id", "user", "bio")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    search_fields = ("user__name", "user__email")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Address)
class AddressAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Addresses, found by place or by their user."""

    list_display = ("id", "user", "street", "city", "country")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    search_fields = ("street", "city", "country", "user__name", "user__email")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Posts, found by title or author."""

    list_display = ("id", "title", "author", "created_at")
    list_display_links = ("id", "title")
    list_select_related = ("author",)
    autocomplete_fields = ("author",)
    search_fields = ("title", "author__name", "author__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    show_full_result_count = False
