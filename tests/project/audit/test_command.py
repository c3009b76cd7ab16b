"""`manage.py perfcompare audit` in the sample project: what it finds there is known."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from perfcompare.core import env
from tests.project.conftest import SAMPLE, Shop

REQUESTS: Final = """
settings = "shop.settings.production"

[logins.ada]
user = "ada@shop.example"

[[requests]]
name = "orders"
path = "/api/v1/orders/"
login = "ada"

[[requests]]
name = "products"
path = "/api/v1/products/"

[[requests]]
name = "no such product"
path = "/api/v1/products/100000/"

[[requests]]
name = "buy"
path = "/api/v1/orders/"
method = "POST"
body = '{"number": 1, "product_id": 1}'
headers = { content-type = "application/json" }
login = "ada"
"""


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What one call printed and wrote."""

    text: str
    data: Any
    page: str

    def request(self, name: str) -> Any:
        """Its facts."""
        return next(one for one in self.data["requests"] if one["name"] == name)

    def advice(self, kind: str) -> list[Any]:
        """The findings of this kind."""
        return [one for one in self.data["advice"] if one["kind"] == kind]


def _audit(url: str, folder: Path, *words: str, status: int) -> Audited:
    shop = Shop(url=url, folder=folder)
    (folder / "perfcompare.toml").write_text(REQUESTS, encoding="utf-8")
    text = shop.manage("perfcompare", "audit", "--json", str(folder / "audit.json"), *words, status=status)
    page = (folder / "state" / "audit.html").read_text(encoding="utf-8")
    return Audited(text=text, data=json.loads((folder / "audit.json").read_text(encoding="utf-8")), page=page)


@pytest.fixture(scope="module")
def measured(shop_database: str, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """All requests under WSGI; what is found is not applied."""
    words = ("--no-verify", "--interface", "wsgi", "--fail-on", "n-plus-one", "--statements", "10")
    return _audit(shop_database, tmp_path_factory.mktemp("measured"), *words, status=1)


def test_statements_that_differ_only_in_values_are_found_with_the_lines_that_cause_them(measured: Audited) -> None:
    (advice,) = measured.advice("n_plus_one")
    source = (SAMPLE / "src" / "catalog" / "api.py").read_text(encoding="utf-8").splitlines()
    places = [place.rpartition(":") for place in advice["where"]]

    assert all(file.endswith("/catalog/api.py") for file, _, _line in places)
    assert sorted(source[int(line) - 1].strip() for _file, _, line in places) == [  # the dearer one comes first
        "category = CategorySerializer(read_only=True)",
        "product = ProductSerializer(read_only=True)",
    ]
    assert advice["write"][1] == '.select_related("product__category")'
    assert [one["name"] for one in advice["requests"]] == ["orders"]


def test_each_filter_backend_is_a_part(measured: Audited) -> None:
    filters = {one["label"] for one in measured.request("products")["parts"] if one["category"] == "filters"}

    assert {"DjangoFilterBackend", "SearchFilter", "OrderingFilter"} <= filters


def test_classes_are_parts_of_their_categories(measured: Audited) -> None:
    parts = {(one["category"], one["label"]): one for one in measured.request("orders")["parts"]}

    assert parts["serializers", "ProductSerializer"]["count"] == 20
    for one in (
        ("middleware", "SessionMiddleware"),
        ("authentication", "TokenAuthentication"),
        ("permissions", "IsAuthenticated"),
        ("view", "OrderViewSet"),
        ("rendering", "JSONRenderer"),
        ("URL resolving", "resolve"),
    ):
        assert one in parts


def test_the_servers_own_part_is_beside_those_of_the_application(measured: Audited) -> None:
    for one in measured.data["requests"]:
        (part,) = (part for part in one["parts"] if part["category"] == "server")
        assert part["label"] == "gunicorn gthread"
        assert 0 < part["cpu_us"] < one["cpu_us"]


@pytest.mark.parametrize("clock", ["cpu_us", "wall_us"])
def test_the_parts_add_up_to_the_whole(measured: Audited, clock: str) -> None:
    for one in measured.data["requests"]:
        assert sum(part[clock] for part in one["parts"]) == pytest.approx(one[clock])


def test_statements_instances_and_connections_are_counted(measured: Audited) -> None:
    orders = measured.request("orders")

    assert orders["statements_in_all"] == 43  # token, count, page, and 20 products with their categories
    assert orders["instances"] == {"authtoken.Token": 1, "people.Person": 1, "catalog.Order": 20} | {
        "catalog.Product": 20,
        "catalog.Category": 20,
    }
    assert orders["happened"] == [["connection", "default (psycopg)", 1]]


def test_each_request_is_told_before_it_is_measured(measured: Audited) -> None:
    told = [line for line in measured.text.splitlines() if line.startswith("  Measuring ")]

    assert len(told) == len(measured.data["requests"]) + len(measured.data["failed"])
    assert told[0].startswith(f"  Measuring 1 of {len(told)}: ")
    assert all("left" in line for line in told[1:])


def test_a_request_that_fails_is_reported(measured: Audited) -> None:
    (failed,) = measured.data["failed"]

    assert failed["name"] == "no such product"
    assert "answered with 404" in failed["said"]
    assert "no such product (WSGI): FAILED. It is answered with 404" in measured.text
    assert "no such product" in measured.page


def test_a_request_that_may_change_something_is_not_sent(measured: Audited) -> None:
    assert measured.data["skipped"] == ["buy"]


def test_the_exit_status_says_why(measured: Audited) -> None:
    reasons = measured.text.partition("The audit failed:")[2]

    assert "orders (WSGI): n-plus-one" in reasons
    assert "orders (WSGI): 43 statements, allowed are 10" in reasons
    assert "no such product (WSGI)" in reasons
    assert "products (WSGI)" not in reasons


def test_the_page_has_a_bar_for_each_request_beside_the_others_and_alone(measured: Audited) -> None:
    assert measured.page.count('<g class="row">') == 4
    assert "43 statements, 62 instances, connections opened: 1; 8,821 bytes" in measured.page
    assert "select_related(&quot;product__category&quot;)" in measured.page


def test_what_is_found_is_applied_and_measured(shop_database: str, tmp_path: Path) -> None:
    audited = _audit(shop_database, tmp_path, "--only", "orders", "--interface", "asgi", status=0)
    (joined,) = audited.advice("n_plus_one")
    (pooled,) = audited.advice("connections")
    (hops,) = (one for one in audited.advice("thread_hops") if "OrderViewSet" in one["requests"][0]["what"])

    assert joined["requests"][0]["gain"]["cpu_us"]["low"] > 0
    assert pooled["change"] == "connection_pool"
    assert pooled["requests"][0]["gain"] is not None
    assert hops["requests"][0]["gain"] is None


SHY: Final = """
from shop.settings.production import *

MIDDLEWARE = [*MIDDLEWARE, "shy.failing"]


def failing(get_response):
    def asked(request):
        from django.db.models import Model

        if "__getattribute__" in vars(Model):
            raise LookupError("somebody looks")
        return get_response(request)

    return asked
"""


def test_a_request_that_fails_while_it_is_watched_is_named_with_the_exception(shop: Shop) -> None:
    (shop.folder / "shy.py").write_text(SHY, encoding="utf-8")
    (shop.folder / "perfcompare.toml").write_text(REQUESTS.replace("shop.settings.production", "shy"), encoding="utf-8")
    more = {"PYTHONPATH": f"{shop.folder}{os.pathsep}{env.ROOT}"}

    said = shop.manage("perfcompare", "audit", "--no-verify", "--only", "products", status=1, more=more)

    assert "While it is watched, it is answered with 500 (LookupError: somebody looks). Please report this." in said
