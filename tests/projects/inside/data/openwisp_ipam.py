"""Three organizations with 40 subnets; a large one with 300 addresses."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from django.db import transaction
from rest_framework.authtoken.models import Token

from ._models import model


@transaction.atomic
def fill() -> dict[str, Any]:
    """A superuser's token."""
    users = model("openwisp_users.User")
    organizations = model("openwisp_users.Organization")
    subnets = model("openwisp_ipam.Subnet")
    addresses = model("openwisp_ipam.IpAddress")
    user = users.objects.create_superuser("measurer", "measurer@example.com", "secret")
    owners = [organizations.objects.create(name=name, slug=name) for name in ("north", "south", "west")]
    for number in range(40):
        network = ip_network(f"10.{number}.0.0/{22 if number == 39 else 26}")
        subnet = subnets.objects.create(
            name=f"subnet {number}", subnet=str(network), description="", organization=owners[number % 3]
        )
        if number in (0, 39):
            for one in list(network.hosts())[: 300 if number else 20]:
                address = addresses.objects.create(subnet=subnet, ip_address=str(one), description=f"host {one}")
    first = subnets.objects.get(name="subnet 0")
    return {
        "user": "measurer",
        "headers": {"Authorization": f"Bearer {Token.objects.create(user=user).key}"},
        "subnet": first.pk,
        "large": subnet.pk,
        "address": address.pk,
    }
