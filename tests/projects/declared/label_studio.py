"""Label Studio: people and models label data."""

from __future__ import annotations

from tests.projects.project import Project

PROJECT = Project(
    about="DRF with flex fields, filters and annotations by SQL; own middleware; DRF tokens.",
    packages=("label-studio==1.23.2",),
    settings="label_studio.core.settings.label_studio",
    environment={
        "BASE_DATA_DIR": "{state}",
        "LABEL_STUDIO_BASE_DATA_DIR": "{state}",
        "DJANGO_DB": "default",
        "SECRET_KEY": "secret",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "COLLECT_ANALYTICS": "0",
        "LATEST_VERSION_CHECK": "0",
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "1",
    },
    path="label_studio",
    extensions=True,
    requests=(
        "/api/version",
        "/api/projects/",
        "/api/projects/?page_size=10&include=id,title,task_number",
        "/api/projects/{project}/",
        "/api/projects/counts/",
        "/api/projects/{project}/tasks/",
        "/api/projects/{project}/summary/",
        "/api/projects/{project}/next/",
        "/api/tasks/?project={project}&page_size=30",
        "/api/tasks/?project={project}&page_size=30&fields=all",
        "/api/tasks/{task}/",
        "/api/tasks/{task}/annotations/",
        "/api/annotations/{annotation}/",
        "/api/dm/views/?project={project}",
        "/api/dm/columns/?project={project}",
        "/api/users/",
        "/api/organizations/",
        "/api/current-user/whoami",
    ),
)
