"""Eight sites with 160 devices, their interfaces and addresses."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from ._models import model


@transaction.atomic
def fill() -> dict[str, Any]:
    """A superuser's token of the first version, which is sent as it is."""
    user = model("users.User").objects.create_superuser("measurer", "measurer@example.com", "secret")
    token = "0123456789abcdef0123456789abcdef01234567"
    model("users.Token").objects.create(user=user, version=1, token=token)
    tenants = [model("tenancy.Tenant").objects.create(name=f"Tenant {n}", slug=f"tenant-{n}") for n in range(12)]
    tags = [model("extras.Tag").objects.create(name=f"Tag {n}", slug=f"tag-{n}") for n in range(6)]
    sites = [
        model("dcim.Site").objects.create(name=f"Site {n}", slug=f"site-{n}", tenant=tenants[n], status="active")
        for n in range(8)
    ]
    makers = [model("dcim.Manufacturer").objects.create(name=f"Maker {n}", slug=f"maker-{n}") for n in range(5)]
    types = [
        model("dcim.DeviceType").objects.create(manufacturer=makers[n % 5], model=f"Model {n}", slug=f"model-{n}")
        for n in range(10)
    ]
    roles = [model("dcim.DeviceRole").objects.create(name=f"Role {n}", slug=f"role-{n}") for n in range(4)]
    interface_type = ContentType.objects.get_for_model(model("dcim.Interface"))
    for number in range(160):
        device = model("dcim.Device").objects.create(
            name=f"device-{number}",
            device_type=types[number % 10],
            role=roles[number % 4],
            site=sites[number % 8],
            tenant=tenants[number % 12],
            status="active",
        )
        device.tags.set(tags[number % 6 : number % 6 + 2])
        for port in range(4):
            interface = model("dcim.Interface").objects.create(device=device, name=f"eth{port}", type="1000base-t")
        address = model("ipam.IPAddress").objects.create(
            address=f"10.0.{number // 8}.{number % 8 + 1}/28",
            status="active",
            assigned_object_type=interface_type,
            assigned_object_id=interface.pk,
        )
        device.primary_ip4 = address
        device.save()
    for number in range(40):
        model("ipam.Prefix").objects.create(prefix=f"10.0.{number}.0/24", status="active", tenant=tenants[number % 12])
    # Jobs for workers, which need a Redis: an index over all kinds of objects, and what devices inherit.
    transaction.get_connection().run_on_commit.clear()
    return {"headers": {"Authorization": f"Token {token}"}, "device": device.pk, "site": sites[0].pk}
