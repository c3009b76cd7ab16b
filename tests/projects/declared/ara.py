"""ARA: records of Ansible runs."""

from __future__ import annotations

from tests.projects.processes import LOCKS
from tests.projects.project import Project
from tests.suites.suite import Installed

PROJECT = Project(
    about="DRF with django-filter; serializers nested three deep, method fields, compressed columns.",
    packages=("ara[server]==1.8.0", "factory-boy"),
    settings="ara.server.settings",
    environment={"ARA_BASE_DIR": "{state}", "ARA_SECRET_KEY": "secret", "ARA_LOG_LEVEL": "WARNING"},
    requests=(
        "/api/v1/playbooks",
        "/api/v1/playbooks?status=failed&order=-started",
        "/api/v1/playbooks/{playbook}",
        "/api/v1/plays?playbook={playbook}",
        "/api/v1/plays/{play}",
        "/api/v1/tasks?limit=25",
        "/api/v1/tasks/{task}",
        "/api/v1/hosts?name=web1",
        "/api/v1/hosts/{host}",
        "/api/v1/latesthosts",
        "/api/v1/results?playbook={playbook}",
        "/api/v1/results?status=failed&limit=50",
        "/api/v1/results/1",
        "/api/v1/files?playbook={playbook}",
        "/api/v1/files/1",
        "/api/v1/records/1",
        "/api/v1/labels",
    ),
    checked=True,
    tests=Installed(
        package="ara==1.8.0",
        lock=LOCKS / "ara.txt",
        command=("-m", "pytest", "-q", "-o", "python_files=tests_*.py", "--pyargs", "ara.api.tests"),
        environment={
            "DJANGO_SETTINGS_MODULE": "ara.server.settings",
            "ARA_BASE_DIR": "state",
            "ARA_SECRET_KEY": "secret",
        },
        expects=("compiled_queries", "compiled_serializers", "compiled_writes", "lean_drf"),
    ),
)
