"""pretix: tickets for events of many organizers."""

from __future__ import annotations

from tests.projects.project import Project

_ORGANIZER = "/api/v1/organizers/{organizer}/"
_EVENT = f"{_ORGANIZER}events/{{event}}/"

PROJECT = Project(
    about="DRF, django-filter and nested serializers; rows of one organizer by django-scopes; own tokens.",
    packages=("pretix==2026.8.0",),
    settings="pretix.settings",
    environment={
        "DATA_DIR": "{state}",
        "PRETIX_PRETIX_URL": "http://127.0.0.1",
        "PRETIX_DJANGO_SECRET": "secret-secret-secret-secret-secret-secret-secret-secret",
    },
    requests=(
        "/api/v1/organizers/",
        f"{_ORGANIZER}events/",
        f"{_ORGANIZER}orders/",
        f"{_ORGANIZER}teams/",
        f"{_ORGANIZER}transactions/",
        _EVENT,
        f"{_EVENT}settings/",
        f"{_EVENT}items/",
        f"{_EVENT}items/{{item}}/",
        f"{_EVENT}categories/",
        f"{_EVENT}questions/",
        f"{_EVENT}quotas/",
        f"{_EVENT}quotas/{{quota}}/availability/",
        f"{_EVENT}orders/",
        f"{_EVENT}orders/{{order}}/",
        f"{_EVENT}orderpositions/",
        f"{_EVENT}checkinlists/",
        f"{_EVENT}invoices/",
    ),
)
