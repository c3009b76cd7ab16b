"""NetBox: networks as they should be."""

from __future__ import annotations

from tests.projects.processes import INSIDE, LOCKS
from tests.projects.project import Project
from tests.suites.suite import Installed

PROJECT = Project(
    about="DRF with django-filter, serializers with fields by request, permissions by object, generic relations.",
    packages=("netbox==4.7.3",),
    python="3.12",
    settings="netbox.settings",
    environment={"NETBOX_CONFIGURATION": "netbox.configuration_testing"},
    overlay={"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}},
    requests=(
        "/api/dcim/devices/",
        "/api/dcim/devices/?site=site-1&role=role-1&limit=20",
        "/api/dcim/devices/?brief=true",
        "/api/dcim/devices/{device}/",
        "/api/dcim/interfaces/?limit=100",
        "/api/dcim/interfaces/?device_id={device}",
        "/api/dcim/sites/",
        "/api/dcim/sites/{site}/",
        "/api/dcim/device-types/",
        "/api/dcim/manufacturers/",
        "/api/ipam/prefixes/",
        "/api/ipam/ip-addresses/",
        "/api/ipam/ip-addresses/?parent=10.0.0.0/28",
        "/api/tenancy/tenants/",
        "/api/extras/tags/",
    ),
    icu=True,
    tests=Installed(
        package="netbox==4.7.3",
        lock=LOCKS / "netbox.txt",
        python="3.12",
        # Its migrations take seven minutes.
        command=(
            *("-m", "django", "test", "--noinput", "--keepdb", "--parallel=1"),
            *("dcim.tests.test_api", "ipam.tests.test_api"),
        ),
        time_limit_s=3600,
        beside={"project_inside": INSIDE},
        environment={
            "DJANGO_SETTINGS_MODULE": "netbox.settings",
            "NETBOX_CONFIGURATION": "project_inside.configurations.netbox",
            "NETBOX_REDIS": "{redis}",
        },
        expects=("compiled_queries", "compiled_writes", "lean_drf"),
    ),
)
