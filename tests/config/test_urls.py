from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db.models import BigIntegerField
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.converters import IntConverter

from perfcompare.views.converters import LARGEST_PID
from tests.pages import filled, pages
from users.models import User

pytestmark = pytest.mark.django_db(databases=["default", "profiles"])
NUMBERED = [
    (address, page)
    for address, _name, page in pages()
    if any(isinstance(converter, IntConverter) for converter in page.pattern.converters.values())
]
POSTED = ("cancel/",)
LARGE = [LARGEST_PID + 1, BigIntegerField.MAX_BIGINT, BigIntegerField.MAX_BIGINT + 1, "9" * 20, "9" * 5000]


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@people.example", "Root"))
    return client


def test_the_resolver_holds_numbered_pages() -> None:
    assert {"reports/<id:pk>/", "reports/starting/<pid:pid>/state/"} <= {address for address, _page in NUMBERED}


@pytest.mark.parametrize(("address", "page"), NUMBERED, ids=[address for address, _page in NUMBERED])
@pytest.mark.parametrize("number", LARGE, ids=["pid", "bigint", "more", "20-digits", "5000-digits"])
def test_a_number_that_nothing_has_is_404(root: Client, address: str, page: URLPattern, number: int | str) -> None:
    values = dict[str, Any].fromkeys(page.pattern.converters, number) | {"name": "json", "request_id": uuid4()}
    send = root.post if address.endswith(POSTED) else root.get

    assert send(filled(address, page, values)).status_code == 404


def test_a_number_that_nothing_has_leads_the_admin_to_its_start(root: Client) -> None:
    for model in ("run", "measurement", "environment", "profile"):
        address = reverse(f"admin:perfcompare_{model}_change", args=["9" * 20])

        assert root.get(address).headers["Location"] == reverse("admin:index")


@pytest.mark.parametrize("name", ["request_detail", "request_sql", "cprofile", "request_profile_dot"])
def test_a_request_that_silk_no_longer_holds_is_404(root: Client, name: str) -> None:
    assert root.get(reverse(f"silk:{name}", args=[uuid4()])).status_code == 404
