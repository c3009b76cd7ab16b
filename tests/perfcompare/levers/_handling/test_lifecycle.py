from __future__ import annotations

import contextvars
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches, close_caches
from django.core.signals import request_finished
from django.test import override_settings
from django.urls import clear_script_prefix, get_script_prefix, get_urlconf, set_script_prefix, set_urlconf

from perfcompare.levers._handling import lifecycle
from perfcompare.levers._handling.lifecycle import Lifecycle


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    set_urlconf(None)
    clear_script_prefix()


def finish() -> None:
    lifecycle.finish_context(lifecycle.finished.plan())


def test_the_urlconf_of_a_request_is_forgotten_at_its_end_and_at_the_start_of_the_next() -> None:
    set_urlconf("somewhere.else")
    lifecycle.enter_urlconf()
    assert get_urlconf() == settings.ROOT_URLCONF
    finish()
    assert get_urlconf() is None


def test_the_urlconf_of_a_request_is_that_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for known in (True, False):
        if not known:
            monkeypatch.setattr(lifecycle._urlconf, "_variable", None)
        with override_settings(ROOT_URLCONF="somewhere.else"):
            lifecycle.enter_urlconf()
            assert get_urlconf() == "somewhere.else"
            finish()
            assert get_urlconf() is None


def _in_a_thread_which_takes_the_context_over() -> str | None:
    context = contextvars.copy_context()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(context.run, get_urlconf).result()


def test_a_thread_which_takes_the_context_of_a_request_over_has_the_urlconf_that_it_has_with_django() -> None:
    set_urlconf(settings.ROOT_URLCONF)
    expected = _in_a_thread_which_takes_the_context_over()
    set_urlconf(None)

    lifecycle.enter_urlconf()
    assert _in_a_thread_which_takes_the_context_over() == expected


def test_a_patched_way_to_the_caches_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    caches["default"].get("one")
    finish()
    monkeypatch.setattr(type(caches), "close_all", lambda *_: asked.append("patched"))
    finish()
    assert asked == ["patched"]
    monkeypatch.undo()
    monkeypatch.setattr("django.core.cache.caches.close_all", lambda: asked.append("own"), raising=False)
    finish()
    assert asked == ["patched", "own"]


def test_caches_that_were_used_are_closed_unless_the_receiver_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    monkeypatch.setattr(type(caches["default"]), "close", lambda *_, **__: closed.append("closed"))
    finish()
    assert closed == ["closed"]
    request_finished.disconnect(close_caches)
    try:
        finish()
    finally:
        request_finished.connect(close_caches)
    assert closed == ["closed"]


@pytest.mark.parametrize("before", ["/", "/other/"])
@pytest.mark.parametrize(("name", "prefix"), [("", "/"), ("/mounted", "/mounted/"), ("/mounted/", "/mounted/")])
def test_the_prefix_is_set_whatever_it_was_before(before: str, name: str, prefix: str) -> None:
    set_script_prefix(before)
    lifecycle.enter_script_prefix(name)
    assert get_script_prefix() == prefix


def test_what_is_connected_and_disconnected_is_seen_at_once() -> None:
    signal = Lifecycle(request_finished, frozenset({close_caches}))

    def other(**_: Any) -> None: ...

    before = signal.plan()
    request_finished.connect(other)
    connected = signal.plan()
    request_finished.disconnect(other)
    assert close_caches in before.own
    assert connected.others
    assert signal.plan() == before


def test_a_receiver_that_is_gone_counts_no_more() -> None:
    signal = Lifecycle(request_finished, lifecycle.finished._own)

    def other(**_: Any) -> None: ...

    request_finished.connect(other)
    assert signal.plan().others
    del other
    assert not signal.plan().others
