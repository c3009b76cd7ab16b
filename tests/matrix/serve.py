"""One process of the project: fills its database, or answers the requests; what came of it is JSON on standard output.

The environment says which levers it has and for which interface (see `project/settings.py`).
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from dataclasses import asdict
from typing import Any

from tests.matrix import conversation
from tests.matrix.combinations import LEVERS


def _prepare() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    importlib.import_module("tests.matrix.project.models").fill()


def _serve(levers: str, interface: str) -> dict[str, Any]:
    if levers == "none":
        from django.core.asgi import get_asgi_application
        from django.core.wsgi import get_wsgi_application

        application: Any = {"wsgi": get_wsgi_application, "asgi": get_asgi_application}[interface]()
    elif interface == "wsgi":
        from perfcompare.levers.lean_wsgi.application import application
    else:
        from perfcompare.levers.lean_asgi.application import application
    answers = conversation.held_with(application, interface, pages=levers != "api")
    return {"answers": [asdict(one) for one in answers], **(_levers() if levers != "none" else {})}


def _levers() -> dict[str, Any]:
    from django.core.checks import run_checks

    from perfcompare import levers

    return {
        "levers": {name: asdict(one) for name, one in levers.status().items() if name in LEVERS},
        "checks": [str(one.id) for one in run_checks()],
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.matrix.project.settings"
    if sys.argv[1:] == ["prepare"]:
        _prepare()
    else:
        sys.stdout.write(json.dumps(_serve(os.environ["MATRIX"], os.environ["MATRIX_INTERFACE"])))
