"""Django's `runserver`, which also makes silk's tables: whoever starts it finds silk's pages at work."""

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
        """As Django's, for silk's own database by making what is missing; also forget what is too much in it."""
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
        """As Django's, and where silk's records are."""
        super().on_bind(server_port)
        if recording.BOUNDED in settings.MIDDLEWARE:
            self.stdout.write("Silk records the requests to the Django stacks: /silk/. Without it: SILK=0\n")
