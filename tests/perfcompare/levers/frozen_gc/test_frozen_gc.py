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
    assert done.stdout.splitlines() == ["(100000, 2, 2) 0", "0", "True", "False"]


PAGES = """
    import gc
    from collections import deque
    from perfcompare.levers.frozen_gc.apps import THRESHOLDS

    class Instance:
        pass

    def page():
        made = [Instance() for _ in range(4_000)]
        for one in made:
            one.parent, one.related = one, [{}, {}, {}]
        return made

    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    under_way, most = deque(maxlen=8), 0
    for number in range(200):
        under_way.append(page())
        if number % 20 == 19:
            most = max(most, len(gc.get_objects()))
    print(most)
"""


def test_pages_of_cycles_do_not_pile_up_while_several_are_under_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PAGES)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    of_a_page = 4_000 * 6

    assert 8 * of_a_page < int(done.stdout) < 40 * of_a_page


def test_the_lever_adds_its_app_and_leaves_the_given_list_alone() -> None:
    apps = ["users"]
    settings = {"INSTALLED_APPS": apps}
    frozen_gc.LEVER.settings(settings)
    assert settings["INSTALLED_APPS"] == ["users", frozen_gc.APP]
    assert apps == ["users"]
