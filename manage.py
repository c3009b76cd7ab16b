#!/usr/bin/env python
"""Django's command line, with the embedded PostgreSQL and Redis held for as long as the command runs."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Start what the environment does not name, then hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    from django.core.management import execute_from_command_line

    from perfcompare.core.errors import PerfcompareError
    from perfcompare.services import environment

    try:
        with environment.provided(os.environ):
            execute_from_command_line(sys.argv)
    except PerfcompareError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
