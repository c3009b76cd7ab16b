"""Django's `runserver`. It also creates silk's tables, so that silk's pages work at once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands import runserver
from django.core.management import CommandError, call_command
from django.db import Error

from perfcompare import recording
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import ports


class Command(runserver.Command):
    """As Django's."""

    addr: str
    port: str

    def run(self, **options: Any) -> None:
        """As in Django. A taken port is reported with the process that holds it."""
        try:
            ports.require_free(self.addr, int(self.port), "choose another port: manage.py runserver 8001")
        except EnvironmentProblem as problem:
            raise CommandError(str(problem)) from problem
        super().run(**options)

    def check_migrations(self) -> None:
        """As in Django. For silk's own database, create missing tables, and delete surplus records."""
        super().check_migrations()
        if recording.ALIAS not in settings.DATABASES:
            return
        try:
            call_command("migrate", database=recording.ALIAS, verbosity=0)
            if recording.BOUNDED in settings.MIDDLEWARE:
                from perfcompare.recording.middleware import forget

                forget()
        except Error as error:
            self.stderr.write(f"Silk's tables cannot be made, so it records nothing: {error}")

    def on_bind(self, server_port: Any) -> None:
        """As in Django, and print the address of silk's pages."""
        super().on_bind(server_port)
        if recording.BOUNDED in settings.MIDDLEWARE:
            self.stdout.write("Silk records the requests to the Django stacks: /silk/. Without it: SILK=0\n")
