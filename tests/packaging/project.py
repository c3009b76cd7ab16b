"""A new project of `django-admin startproject`, and what it writes to use a lever."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.packaging.environments import Environment

_BASE: Final = """
from project.settings import *
INSTALLED_APPS += ["app"]
ROOT_URLCONF = "app.urls"
ALLOWED_HOSTS = ["testserver"]
"""
_APP: Final = {
    "__init__.py": "",
    "urls.py": """
from django.contrib.auth.models import User
from django.http import JsonResponse
from django.urls import path

def view(request):
    user, _ = User.objects.get_or_create(username="ada")
    return JsonResponse({"users": [one.username for one in User.objects.filter(pk=user.pk)]})

urlpatterns = [path("users", view)]
""",
    "signals.py": """
def receiver(**named): ...
async def areceiver(**named): ...
""",
    "serializers.py": """
from django.contrib.auth.models import User
from rest_framework.serializers import ModelSerializer

class UserSerializer(ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "username"]
""",
}
_SERVED: Final = """
import asyncio, importlib, io, json, sys
import django
from django.core.checks import run_checks
from django.core.management import call_command
from perfcompare import levers

interface, target = sys.argv[1:]
django.setup()
call_command("migrate", verbosity=0)
module, _, name = target.partition(":")
application = getattr(importlib.import_module(module), name)

def wsgi():
    told = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/users", "SERVER_NAME": "testserver", "SERVER_PORT": "80",
               "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http"}
    body = b"".join(application(environ, lambda status, headers: told.append(status)))
    return int(told[0].split()[0]), body

async def asgi():
    from asgiref.testing import ApplicationCommunicator
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": "/users",
             "raw_path": b"/users", "query_string": b"", "root_path": "", "scheme": "http",
             "headers": [(b"host", b"testserver")], "client": ["127.0.0.1", 1], "server": ["testserver", 80]}
    sent = ApplicationCommunicator(application, scope)
    await sent.send_input({"type": "http.request", "body": b"", "more_body": False})
    start, body = await sent.receive_output(5), b""
    while (part := await sent.receive_output(5)):
        body += part.get("body", b"")
        if not part.get("more_body"):
            return start["status"], body

status, body = wsgi() if interface == "wsgi" else asyncio.run(asgi())
print(json.dumps({
    "status": status, "body": json.loads(body), "checks": [one.id for one in run_checks()],
    "states": {name: one.state for name, one in levers.status().items()},
    "modules": [name for name in sys.modules if name.split(".")[0] == "perfcompare"],
}))
"""


@dataclass(frozen=True, kw_only=True)
class Project:
    """Its folder, and the environment in which it runs."""

    folder: Path
    environment: Environment

    @property
    def state(self) -> Path:
        """The folder of its services."""
        return self.folder / "state"

    def write(self, name: str, lines: Sequence[str]) -> None:
        """Settings with these lines at their end."""
        (self.folder / f"{name}.py").write_text("\n".join((_BASE, *lines)), encoding="utf-8")

    def python(self, name: str, *words: str, status: int = 0) -> str:
        """What a program says under these settings."""
        given = {"DJANGO_SETTINGS_MODULE": name, "COLUMNS": "200", "PERFCOMPARE_STATE": str(self.state)}
        return self.environment.run(*words, folder=self.folder, status=status, **given)

    def manage(self, name: str, *words: str, status: int = 0) -> str:
        """What a command of manage.py says under these settings."""
        return self.python(name, "manage.py", *words, status=status)

    def served(self, name: str, interface: str = "wsgi", target: str = "project.wsgi:application") -> dict[str, Any]:
        """One request, the ids of the messages of all checks, and the modules of perfcompare that were imported."""
        said = self.python(name, "-W", "error::RuntimeWarning", "served.py", interface, target)
        answer: dict[str, Any] = json.loads(said.splitlines()[-1])
        return answer


def start(folder: Path, environment: Environment) -> Project:
    """A new project with one app."""
    folder.mkdir()
    environment.run("-m", "django", "startproject", "project", ".", folder=folder)
    (folder / "app").mkdir()
    for name, text in _APP.items():
        (folder / "app" / name).write_text(text, encoding="utf-8")
    (folder / "served.py").write_text(_SERVED, encoding="utf-8")
    return Project(folder=folder, environment=environment)
