from __future__ import annotations

import pytest
from django.conf import settings
from django.test import override_settings

from perfcompare.levers._settings import setting


def test_a_setting_is_what_django_says_after_each_kind_of_change() -> None:
    assert setting("DEBUG") is settings.DEBUG is False
    with override_settings(DEBUG=True):
        assert setting("DEBUG") is True
    assert setting("DEBUG") is False
    settings.DEBUG = True
    try:
        assert setting("DEBUG") is True
    finally:
        settings.DEBUG = False
    assert setting("DEBUG") is False


def test_a_setting_that_is_gone_is_an_error() -> None:
    with override_settings(ADDED=1):
        assert setting("ADDED") == 1
    with pytest.raises(AttributeError):
        setting("ADDED")
