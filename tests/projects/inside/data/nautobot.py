"""What the project's own factories make: `generate_test_data`."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management import call_command


def fill() -> dict[str, Any]:
    """A superuser's token."""
    call_command("generate_test_data", seed="perfcompare", interactive=False)
    users: Any = apps.get_model("users", "User")
    tokens: Any = apps.get_model("users", "Token")
    devices: Any = apps.get_model("dcim", "Device")
    locations: Any = apps.get_model("dcim", "Location")
    user = users.objects.create_superuser("measurer", "measurer@example.com", "secret")
    token = tokens.objects.create(user=user)
    return {
        "headers": {"Authorization": f"Token {token.key}", "Accept": "application/json"},
        "device": devices.objects.order_by("pk").first().pk,
        "location": locations.objects.order_by("pk").first().pk,
    }
