from __future__ import annotations

from typing import Any

import pytest
from django.http.response import BadHeaderError, ResponseHeaders

from perfcompare.levers.lean_drf import header_cache
from perfcompare.levers.lean_drf.install import INSTALLATION


@pytest.fixture(autouse=True)
def installed() -> Any:
    INSTALLATION.install("header_cache")
    yield
    INSTALLATION.uninstall("header_cache")


@pytest.mark.parametrize(
    "pair", [("Allow", "GET"), ("X-Name", "Ren\u00e9"), ("x-far", "\u4e2d"), ("n", 5), (b"b", b"c")]
)
def test_a_header_is_stored_as_django_does(pair: tuple[Any, Any]) -> None:
    expected = ResponseHeaders({})
    header_cache.SET.original(expected, *pair)
    for _ in range(2):
        headers = ResponseHeaders({})
        headers[pair[0]] = pair[1]
        assert headers._store == expected._store


def test_a_bad_header_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(BadHeaderError):
            ResponseHeaders({})["a"] = "b\nc"


def test_a_patched_conversion_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    ResponseHeaders({})["a"] = "b"
    monkeypatch.setattr(ResponseHeaders, "_convert_to_charset", lambda *_args, **_named: "other")
    headers = ResponseHeaders({})
    headers["a"] = "b"
    assert headers["other"] == "other"
