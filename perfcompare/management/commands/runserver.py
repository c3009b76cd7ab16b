"""Django's `runserver`. It also creates silk's tables, so that silk's pages work at once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands import runserver
from django.core.management import call_command
from django.db import Error

from perfcompare import recording


class Command(runserver.Command):
    """As Django's."""

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
