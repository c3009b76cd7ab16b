from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from perfcompare.levers import frozen_gc

ROOT = Path(__file__).parents[4]

PROCESS = """
    import gc, os, sys
    from django.conf import settings
    options = {"ROOT_URLCONF": "tests.perfcompare.levers.views", "MIDDLEWARE": []}
    from perfcompare.levers import frozen_gc
    frozen_gc.LEVER.settings(options)
    settings.configure(**options)
    import django
    django.setup()
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory
    app = WSGIHandler()
    print(gc.get_threshold(), gc.get_freeze_count())
    pid = os.fork()
    if pid == 0:
        os._exit(0 if gc.get_freeze_count() > 1000 else 1)
    print(os.waitpid(pid, 0)[1])
    gc.unfreeze()
    environ = RequestFactory(headers={"host": "localhost"}).get("/synchronous").environ
    for _ in range(2):
        b"".join(app(dict(environ), lambda *_: None))
        print(gc.get_freeze_count() > 1000)
        gc.unfreeze()
"""


def test_a_process_freezes_before_a_fork_and_once_at_its_first_request() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROCESS)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["(10000, 20, 20) 0", "0", "True", "False"]


def test_the_lever_adds_its_app_and_leaves_the_given_list_alone() -> None:
    apps = ["users"]
    settings = {"INSTALLED_APPS": apps}
    frozen_gc.LEVER.settings(settings)
    assert settings["INSTALLED_APPS"] == ["users", frozen_gc.APP]
    assert apps == ["users"]
