from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from perfcompare.core.errors import Interrupted
from perfcompare.runner.signals import ENDING, deferred, interruptible


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """No signal is ignored, as some are when the tests run in the background."""
    before = {signum: signal.signal(signum, signal.default_int_handler) for signum in ENDING}
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


@pytest.mark.parametrize("signum", ENDING)
def test_a_signal_becomes_an_exception_that_names_it(signum: signal.Signals) -> None:
    with pytest.raises(Interrupted) as caught, interruptible():
        os.kill(os.getpid(), signum)

    assert caught.value.signum == signum


def _end_with_a_clean_up(cleaned: list[bool]) -> None:
    with interruptible():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            cleaned.append(True)


def test_a_second_signal_does_not_disturb_the_clean_up() -> None:
    cleaned: list[bool] = []

    with pytest.raises(Interrupted):
        _end_with_a_clean_up(cleaned)

    assert cleaned == [True]


def test_the_handlers_of_before_are_restored() -> None:
    before = [signal.getsignal(signum) for signum in ENDING]
    with pytest.raises(Interrupted), interruptible():
        os.kill(os.getpid(), signal.SIGHUP)

    assert [signal.getsignal(signum) for signum in ENDING] == before


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_in_what_must_be_whole_takes_effect_at_its_end() -> None:
    done: list[str] = []

    def work() -> None:
        with interruptible(), deferred():
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGHUP)
            done.append("whole")
        done.append("more")

    with pytest.raises(Interrupted) as caught:
        work()

    assert (done, caught.value.signum) == (["whole"], signal.SIGTERM)


def test_without_a_signal_nothing_is_left_of_what_must_be_whole() -> None:
    before = [signal.getsignal(signum) for signum in ENDING]
    with deferred():
        pass

    assert [signal.getsignal(signum) for signum in ENDING] == before
