"""`manage.py perfcompare <subcommand>` in any project: every file of `perfcompare.project.commands` is one."""

from __future__ import annotations

import os
from pathlib import Path

from perfcompare.commands._command import Command as Subcommand
from perfcompare.core.registry import Registry
from perfcompare.management.commands import perfcompare as laboratory


class Command(laboratory.Command):
    """As the demonstration's, with other subcommands."""

    help = "Measure this project, and show what makes it faster."
    subcommands = Registry("perfcompare.project.commands", attribute="COMMAND", kind=Subcommand)

    def run_from_argv(self, argv: list[str]) -> None:
        """As the demonstration's. What it keeps is kept in `.perfcompare` beside manage.py."""
        os.environ.setdefault("PERFCOMPARE_STATE", str(Path.cwd() / ".perfcompare"))
        super().run_from_argv(argv)
