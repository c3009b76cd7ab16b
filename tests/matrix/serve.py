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
    """What each lever says of itself, and which versions speak against it."""
    from perfcompare import levers

    told = {name: asdict(one) for name, one in levers.status().items() if name in LEVERS}
    return {"levers": {name: {**one, "outside": _outside(name)} for name, one in told.items()}}


def _outside(name: str) -> dict[str, list[str]]:
    """A sentence for each version that the lever was not tested with (under ""), or one of its parts."""
    from perfcompare.core.versions import problems
    from perfcompare.levers._registry import levers
    from perfcompare.levers._replacing import installations

    installation = installations().get(name)
    if installation is None:
        return {"": [*problems(levers[name].tested)]}
    ranges = {"": installation.tested, **{part.name: part.tested for part in installation.parts.values()}}
    return {of: [*problems(tested)] for of, tested in ranges.items()}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.matrix.project.settings"
    if sys.argv[1:] == ["prepare"]:
        _prepare()
    else:
        sys.stdout.write(json.dumps(_serve(os.environ["MATRIX"], os.environ["MATRIX_INTERFACE"])))
