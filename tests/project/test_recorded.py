"""Requests that were recorded: each becomes one with a weight."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import path as path_to
from django.urls import re_path

from perfcompare.core.errors import UsageError
from perfcompare.project.initial.recorded import candidates


def _found(path: Path, text: str) -> list[tuple[str, str, float]]:
    path.write_text(text, encoding="utf-8")
    return [(one.method, one.template, one.weight) for one in candidates(path)[0]]


def _har(*requests: dict[str, Any]) -> str:
    return json.dumps({"log": {"entries": [{"request": one} for one in requests]}})


def test_a_har_file_gives_one_request_for_all_ids_and_the_body_that_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "browser.har"
    body = {"mimeType": "application/json", "text": '{"product": 1}'}
    recorded: list[dict[str, Any]] = [
        {"method": "POST", "url": "https://shop.example/orders", "postData": body},
        {"method": "GET", "url": "https://shop.example/orders/7?page=2"},
        {"method": "GET", "url": "https://shop.example/orders/8?page=2"},
    ]

    assert _found(path, _har(*recorded)) == [("GET", "/orders/{id}", 2.0), ("POST", "/orders", 1.0)]
    (several, posted), _left_out = candidates(path)
    assert several.samples == ["/orders/7?page=2", "/orders/8?page=2"]
    assert (posted.body, posted.content_type) == ('{"product": 1}', "application/json")


def test_what_a_page_asks_of_other_hosts_is_left_out_by_their_names(tmp_path: Path, settings: Any) -> None:
    settings.ROOT_URLCONF = (path_to("orders", HttpResponse), path_to("baskets/mine", HttpResponse))
    paths = {"/orders", "/baskets/mine"}
    own = [f"https://shop.example:8443{path}" for path in paths]
    others = ["https://cdn.example/jquery.js", "https://cdn.example/", "https://fonts.example/a?b=1"]
    recorded = [{"method": "GET", "url": url} for url in (*own, *others)]

    path = tmp_path / "browser.har"
    assert {template for _method, template, _weight in _found(path, _har(*recorded))} == paths
    assert candidates(path)[1] == [
        "cdn.example (another host, asked 2 times)",
        "fonts.example (another host, asked 1 times)",
    ]


def test_paths_of_one_route_are_one_request_and_a_route_for_every_path_is_not_one_page(
    tmp_path: Path, settings: Any
) -> None:
    settings.ROOT_URLCONF = (
        path_to("books/<slug:title>_<int:pk>/", HttpResponse),
        re_path(r"^shops/(\w+)/(?P<page>\d+)?/?$", HttpResponse),
        re_path(r"^((?:[\w-]+/)*)$", HttpResponse),
    )
    paths = ["/books/emma_1/", "/books/ulysses_2/", "/news/today/", "/about/", "/shops/x/1"]
    recorded = [{"method": "GET", "url": f"https://shop.example{path}"} for path in paths]

    found = _found(tmp_path / "browser.har", _har(*recorded))
    assert [template for _method, template, _weight in found] == [
        "/books/{title}_{pk}/", "/news/today/", "/about/", "/shops/x/{page}",
    ]  # fmt: skip


def test_static_files_and_uploads_are_left_out_also_where_no_route_leads_there(tmp_path: Path, settings: Any) -> None:
    settings.ROOT_URLCONF = (path_to("orders", HttpResponse),)
    settings.STATIC_URL, settings.MEDIA_URL = "/assets/", ""
    recorded = [{"method": "GET", "url": f"https://shop.example{path}"} for path in ("/orders", "/assets/a.css")]

    path = tmp_path / "browser.har"
    assert _found(path, _har(*recorded)) == [("GET", "/orders", 1.0)]
    assert candidates(path)[1] == ["/assets/a.css"]


def test_locusts_statistics_give_weights_and_what_was_never_sent_is_left_out(tmp_path: Path) -> None:
    text = """Type,Name,Request Count,Failure Count
GET,/orders,12,0
GET,http://shop.example/orders/7,30,1
GET,/never,0,0
GET,/accounts/login/,1,0
GET,basket,5,0
,Aggregated,42,1
"""

    assert _found(tmp_path / "shop_stats.csv", text) == [("GET", "/orders/{id}", 30.0), ("GET", "/orders", 12.0)]
    assert candidates(tmp_path / "shop_stats.csv")[1] == [
        "/accounts/login/",
        "basket (a name and no path, asked 5 times)",
    ]


@pytest.mark.parametrize(
    ("name", "said"), [("a.har", "is not a HAR file"), ("a.csv", "has no requests"), ("a", "has no")]
)
def test_another_file_is_refused_by_what_it_is_not(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        _found(tmp_path / name, "nothing of the kind\n")
