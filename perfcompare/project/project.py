"""The Django project whose manage.py was called, and how a process of it is started."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings

from perfcompare.core.http import NOTHING
from perfcompare.core.interface import Interface
from perfcompare.project import driver

SETTINGS: Final = "PERFCOMPARE_PROJECT_SETTINGS"
"""Tells a process which settings module is the project's own."""
CHANGES: Final = "PERFCOMPARE_CHANGES"
"""Tells a process which changes it makes to them: names with commas."""
APPLICATION: Final = "PERFCOMPARE_APPLICATION"
"""Tells a server which application of the project it serves: module:attribute."""
DATABASE: Final = "PERFCOMPARE_DATABASE"
"""Tells a process at which address it reaches its PostgreSQL: a proxy there counts its statements."""
OVERLAY: Final = "perfcompare.project.served.overlay"
SERVED: Final[Mapping[Interface, str]] = {
    "wsgi": "perfcompare.project.served.wsgi:application",
    "asgi": "perfcompare.project.served.asgi:application",
}
"""What servers load: the project's application, with a path that says that it is there."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """Everything needed to start a process of the project."""

    settings: str
    """Its settings module."""
    root: Path
    """The working directory of its processes."""
    applications: Mapping[Interface, str]
    """For each interface it speaks, `module:attribute`."""
    interface: Interface = "wsgi"
    """The one it is made for."""
    path: Sequence[str]
    """Where Python finds its modules."""
    environ: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """The environment of its processes."""
    python: str = sys.executable
    """The interpreter of its processes."""

    def environment(self, changes: Sequence[str] = (), application: str = "") -> dict[str, str]:
        """The environment of a process with these changes; one that serves is told the application too."""
        return {
            **self.environ,
            "PYTHONPATH": os.pathsep.join(self.path),
            "DJANGO_SETTINGS_MODULE": OVERLAY,
            SETTINGS: self.settings,
            CHANGES: ",".join(changes),
            APPLICATION: application,
        }


def current(module: str = "", environ: Mapping[str, str] = NOTHING) -> Project:
    """The project of this process, or the same with another settings module; `environ` beside its environment."""
    return Project(
        settings=module or os.environ["DJANGO_SETTINGS_MODULE"],
        root=Path.cwd(),
        applications=_applications(),
        interface=_interface(),
        path=[one or str(Path.cwd()) for one in sys.path],
        environ={driver.VARIABLE: driver.own(), **os.environ, **environ},
    )


def _applications() -> Mapping[Interface, str]:
    """The applications that the settings name, else those of Django itself, which any project has."""
    wsgi, asgi = getattr(settings, "WSGI_APPLICATION", None), getattr(settings, "ASGI_APPLICATION", None)
    return {
        "wsgi": _target(wsgi) if wsgi else "django.core.wsgi:get_wsgi_application()",
        "asgi": _target(asgi) if asgi else "django.core.asgi:get_asgi_application()",
    }


def _interface() -> Interface:
    """WSGI, as in every project that startproject makes, unless the settings name an ASGI application alone."""
    wsgi, asgi = getattr(settings, "WSGI_APPLICATION", None), getattr(settings, "ASGI_APPLICATION", None)
    return "asgi" if asgi and not wsgi else "wsgi"


def _target(dotted: str) -> str:
    module, _, attribute = dotted.rpartition(".")
    return f"{module}:{attribute}"
