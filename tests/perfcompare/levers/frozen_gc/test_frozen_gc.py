from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from perfcompare.levers import frozen_gc

ROOT = Path(__file__).parents[4]

START = """
    import gc, os
    usual = gc.get_threshold()
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
    environ = RequestFactory(headers={"host": "localhost"}).get("/synchronous").environ

    def serve():
        b"".join(app(dict(environ), lambda *_: None))

    def in_child(act):
        pid = os.fork()
        if pid == 0:
            os._exit(act())
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def frozen():
        return int(gc.get_freeze_count() > 1000)
"""

SERVES = """
    print(gc.get_threshold() == usual, frozen())
    print(in_child(frozen), frozen())
    print(in_child(lambda: serve() or frozen()), frozen())
    for _ in range(2):
        serve()
        print(gc.get_threshold(), frozen())
        in_child(frozen)
        print(frozen())
        gc.unfreeze()
"""

FORKS = """
    import weakref

    class Node:
        def __init__(self):
            self.me = self

    made = weakref.WeakSet()

    def fork_with_garbage():
        node = Node()
        made.add(node)
        del node
        in_child(int)

    for _ in range(5):
        fork_with_garbage()
    gc.collect()
    print(len(made), in_child(lambda: in_child(int) or frozen()))
    gc.freeze()
    in_child(int)
    print(frozen())
"""


def _printed_by(program: str) -> list[str]:
    source = textwrap.dedent(START) + textwrap.dedent(program)
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_process_freezes_once_at_its_first_request_and_before_that_for_the_time_of_a_fork() -> None:
    printed = _printed_by(SERVES)

    assert printed[:3] == ["True 0", "1 0", "1 0"]
    assert printed[3:] == ["(100000, 2, 2) 1", "1", "(100000, 2, 2) 0", "0"]


def test_a_process_that_forks_often_keeps_no_garbage_and_what_others_have_frozen_stays_so() -> None:
    assert _printed_by(FORKS) == ["0 0", "1"]


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
