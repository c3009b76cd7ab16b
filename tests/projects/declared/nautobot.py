"""Nautobot: networks, what they are made of, and what is to be done with them."""

from __future__ import annotations

from tests.projects.project import Project

PROJECT = Project(
    about="DRF with django-filter, hyperlinked serializers, permissions by object, custom fields; 200 tables.",
    packages=("nautobot==3.2.7", "factory-boy"),
    settings="nautobot.core.settings",
    environment={
        "NAUTOBOT_ROOT": "{state}",
        "NAUTOBOT_SECRET_KEY": "secret",
        "NAUTOBOT_INSTALLATION_METRICS_ENABLED": "False",
        "NAUTOBOT_DB_ENGINE": "django.db.backends.postgresql",
    },
    overlay={
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        "CELERY_TASK_ALWAYS_EAGER": True,
        "CELERY_BROKER_URL": "memory://",
        "CONSTANCE_BACKEND": "constance.backends.memory.MemoryBackend",
    },
    requests=(
        "/api/status/",
        "/api/dcim/devices/",
        "/api/dcim/devices/?depth=1",
        "/api/dcim/devices/{device}/",
        "/api/dcim/interfaces/?limit=50",
        "/api/dcim/interfaces/?device={device}",
        "/api/dcim/locations/",
        "/api/dcim/locations/{location}/",
        "/api/dcim/device-types/",
        "/api/dcim/racks/",
        "/api/ipam/prefixes/",
        "/api/ipam/ip-addresses/",
        "/api/ipam/vlans/",
        "/api/circuits/circuits/",
        "/api/tenancy/tenants/",
        "/api/extras/tags/",
        "/api/extras/statuses/?content_types=dcim.device",
        "/api/users/users/",
    ),
    without=("lean_wsgi",),
)
