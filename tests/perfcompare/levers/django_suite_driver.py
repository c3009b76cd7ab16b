"""Puts one of our handlers in the place of Django's and runs Django's runtests.py; a script for its own process."""

from __future__ import annotations

import atexit
import itertools
import os
import runpy
import sys
from pathlib import Path
from typing import Any

import django
import django.contrib.staticfiles.handlers  # before Django's handlers are replaced: it inherits from them
import django.core.asgi
import django.core.handlers.asgi
import django.core.handlers.wsgi
import django.core.wsgi
from asgiref.sync import iscoroutinefunction, markcoroutinefunction


def _counted(handler: Any) -> Any:
    served = itertools.count()
    call = handler.__call__

    def counted(self: Any, *args: Any) -> Any:
        next(served)
        return call(self, *args)

    # Servers and asgiref tell an ASGI callable from another one by this mark.
    handler.__call__ = markcoroutinefunction(counted) if iscoroutinefunction(call) else counted
    atexit.register(lambda: print(f"requests served: {next(served)}", file=sys.stderr))  # noqa: T201 - for the parent
    return handler


def _set_up(handler: Any) -> Any:
    django.setup(set_prefix=False)
    return handler()


def _replace_asgi() -> None:
    from perfcompare.levers.lean_asgi.handler import LeanASGIHandler
    from perfcompare.levers.lean_asgi.request import LeanASGIRequest

    handler = _counted(LeanASGIHandler)
    module: Any = django.core.handlers.asgi
    module.ASGIHandler, module.ASGIRequest = handler, LeanASGIRequest
    django.core.asgi.get_asgi_application = lambda: _set_up(handler)


def _replace_wsgi() -> None:
    from perfcompare.levers.lean_wsgi.handler import LeanWSGIHandler
    from perfcompare.levers.lean_wsgi.request import LeanWSGIRequest

    handler = _counted(LeanWSGIHandler)
    module: Any = django.core.handlers.wsgi
    module.WSGIHandler, module.WSGIRequest = handler, LeanWSGIRequest
    django.core.wsgi.get_wsgi_application = lambda: _set_up(handler)


if __name__ == "__main__":
    _, interface, tests, *arguments = sys.argv
    {"asgi": _replace_asgi, "wsgi": _replace_wsgi}[interface]()
    os.chdir(tests)
    sys.path[0] = tests
    sys.argv = [str(Path(tests) / "runtests.py"), *arguments]
    runpy.run_path(sys.argv[0], run_name="__main__")
