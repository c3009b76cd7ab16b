from __future__ import annotations

import os
import warnings

from perfcompare.levers._locks import fork_safe_lock


def test_a_lock_that_is_held_while_the_process_forks_is_free_in_the_child() -> None:
    lock = fork_safe_lock()
    with lock, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the tests have threads
        child = os.fork()
        if child == 0:
            os._exit(0 if lock.acquire(blocking=False) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
