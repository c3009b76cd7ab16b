"""What the project's own factories make: `generate_test_data`."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import transaction

from ._models import model


@transaction.atomic
def fill() -> dict[str, Any]:
    """A superuser's token."""
    call_command("generate_test_data", seed="perfcompare", interactive=False)
    users = model("users.User")
    tokens = model("users.Token")
    devices = model("dcim.Device")
    locations = model("dcim.Location")
    user = users.objects.create_superuser("measurer", "measurer@example.com", "secret")
    token = tokens.objects.create(user=user)
    return {
        "headers": {"Authorization": f"Token {token.key}", "Accept": "application/json"},
        "device": devices.objects.order_by("pk").first().pk,
        "location": locations.objects.order_by("pk").first().pk,
    }
