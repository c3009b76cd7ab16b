#!/usr/bin/env python
"""Django's command line, with the embedded PostgreSQL and Redis held for as long as the command runs."""

from __future__ import annotations

import os
import sys

HARMLESS = {
    *("PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"),
    *("PYTHONUNBUFFERED", "PYTHONFAULTHANDLER", "PYTHONBREAKPOINT"),
}
"""Python's own variables that change neither what a program means nor what it costs once it runs."""


def main() -> None:
    """Start what the environment does not name, then hand over to Django."""
    _begin_without_python_variables()
    _print_anything()
    os.umask(os.umask(0o077) & 0o077)  # a umask may keep others out of what is made here, but not its owner
    from django.core.management import execute_from_command_line

    from perfcompare.core import env, surroundings
    from perfcompare.core.errors import PerfcompareError
    from perfcompare.services import environment

    try:
        os.environ["DJANGO_SETTINGS_MODULE"] = env.settings_module(os.environ)
        unused = surroundings.postgresql(os.environ) if os.environ.get("DATABASE_URL") else []
        if unused:
            sys.stderr.write(f"Without effect: {', '.join(unused)}. DATABASE_URL has to say all about the database.\n")
        with environment.provided(os.environ):
            execute_from_command_line(sys.argv)
    except PerfcompareError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


def _begin_without_python_variables() -> None:
    """Start again as the same process when the shell has changed Python itself, such as its path or its encoding.

    Not under a debugger, nor with options for Python: then somebody wants it so. Nothing may be imported before.
    """
    foreign = [name for name in os.environ if name.startswith("PYTHON") and name not in HARMLESS]
    if foreign and sys.orig_argv[1:2] == sys.argv[:1] and sys.gettrace() is None:
        left = {name: value for name, value in os.environ.items() if name not in foreign}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], left)  # noqa: S606 - an argv, no shell


def _print_anything() -> None:
    """Whatever the locale: a character that the terminal's encoding lacks is written by its number."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
