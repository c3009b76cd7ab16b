"""The users app: people and what they have, with nothing about how they are served."""

from __future__ import annotations

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """Connects the signals that keep cached user pages right."""

    name = "users"
    verbose_name = "Users"

    def ready(self) -> None:
        """Connect once the models exist."""
        from users import generation

        generation.connect()
